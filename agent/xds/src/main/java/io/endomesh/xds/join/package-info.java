/** Registration of this workload with the controller. */
@NullMarked
package io.endomesh.xds.join;

import org.jspecify.annotations.NullMarked;
