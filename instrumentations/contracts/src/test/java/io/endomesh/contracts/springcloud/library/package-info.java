/** What uses Spring Cloud LoadBalancer, loaded with it. */
@NullMarked
package io.endomesh.contracts.springcloud.library;

import org.jspecify.annotations.NullMarked;
