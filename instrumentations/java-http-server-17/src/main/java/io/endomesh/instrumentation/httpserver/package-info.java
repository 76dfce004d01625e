/** The JDK's own HTTP server, {@code com.sun.net.httpserver}, as a server of the mesh. */
@NullMarked
package io.endomesh.instrumentation.httpserver;

import org.jspecify.annotations.NullMarked;
