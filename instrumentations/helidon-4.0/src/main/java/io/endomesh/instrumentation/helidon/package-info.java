/** Helidon 4 as a server of the mesh. */
@NullMarked
package io.endomesh.instrumentation.helidon;

import org.jspecify.annotations.NullMarked;
