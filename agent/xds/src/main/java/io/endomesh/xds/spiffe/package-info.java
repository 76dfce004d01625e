/** The SPIFFE Workload API: who a workload is, told by a server on its own machine. */
@NullMarked
package io.endomesh.xds.spiffe;

import org.jspecify.annotations.NullMarked;
