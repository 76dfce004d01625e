/** Calls by Armeria through the mesh. */
@NullMarked
package io.endomesh.instrumentation.armeria.client;

import org.jspecify.annotations.NullMarked;
