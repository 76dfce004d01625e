/** What Jetty 10 calls otherwise than 9.4: headers and the content of a request. */
@NullMarked
package io.endomesh.instrumentation.jettyclient.before10;

import org.jspecify.annotations.NullMarked;
