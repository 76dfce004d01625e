/** The mesh in Jetty's HTTP client. */
@NullMarked
package io.endomesh.instrumentation.jettyclient;

import org.jspecify.annotations.NullMarked;
