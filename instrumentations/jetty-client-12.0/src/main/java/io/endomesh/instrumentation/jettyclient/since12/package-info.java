/**
 * What Jetty 12 calls otherwise than those before; takes the place of {@code before10} and {@code
 * before12}.
 */
@NullMarked
package io.endomesh.instrumentation.jettyclient.since12;

import org.jspecify.annotations.NullMarked;
