/** What Jetty 12 calls otherwise than 9.4 to 11: listeners of a response. */
@NullMarked
package io.endomesh.instrumentation.jettyclient.before12;

import org.jspecify.annotations.NullMarked;
