/** Spring Cloud LoadBalancer: steps aside for services of the mesh. */
@NullMarked
package io.endomesh.instrumentation.springcloud;

import org.jspecify.annotations.NullMarked;
