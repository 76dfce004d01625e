/** Undertow as a server of the mesh. */
@NullMarked
package io.endomesh.instrumentation.undertow;

import org.jspecify.annotations.NullMarked;
