/** Vert.x, held to its contracts. */
@NullMarked
package io.endomesh.contracts.vertx;

import org.jspecify.annotations.NullMarked;
