/** Spring Cloud LoadBalancer, which leaves services of the mesh to the mesh. */
@NullMarked
package io.endomesh.contracts.springcloud;

import org.jspecify.annotations.NullMarked;
