/** Vert.x's HTTP client in the mesh. */
@NullMarked
package io.endomesh.instrumentation.vertx;

import org.jspecify.annotations.NullMarked;
