/** Compiled against Jetty 10: takes the place of its sibling {@code before10} there. */
@NullMarked
package io.endomesh.instrumentation.jetty9.since10;

import org.jspecify.annotations.NullMarked;
