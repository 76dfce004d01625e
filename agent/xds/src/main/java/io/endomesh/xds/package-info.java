/** The connection to the controller; {@link io.endomesh.xds.ControlPlane} is where to begin. */
@NullMarked
package io.endomesh.xds;

import org.jspecify.annotations.NullMarked;
