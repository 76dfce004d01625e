/** Armeria as a server of the mesh. */
@NullMarked
package io.endomesh.instrumentation.armeria.server;

import org.jspecify.annotations.NullMarked;
