/**
 * Compiled against Jetty 9.4, and replaced for Jetty 10 and 11: nothing else names what differs.
 */
@NullMarked
package io.endomesh.instrumentation.jetty9.before10;

import org.jspecify.annotations.NullMarked;
