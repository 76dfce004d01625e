/** What Jetty 10 and 11 call otherwise than 9.4; takes the place of {@code before10}. */
@NullMarked
package io.endomesh.instrumentation.jettyclient.since10;

import org.jspecify.annotations.NullMarked;
