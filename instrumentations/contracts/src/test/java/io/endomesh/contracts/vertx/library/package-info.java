/** What uses Vert.x itself: loaded anew for each of its versions. */
@NullMarked
package io.endomesh.contracts.vertx.library;

import org.jspecify.annotations.NullMarked;
