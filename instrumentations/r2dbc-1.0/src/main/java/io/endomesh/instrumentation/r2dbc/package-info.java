/** R2DBC drivers in the mesh. */
@NullMarked
package io.endomesh.instrumentation.r2dbc;

import org.jspecify.annotations.NullMarked;
