/** Eclipse Jetty 9.4 as a server of the mesh. */
@NullMarked
package io.endomesh.instrumentation.jetty9;

import org.jspecify.annotations.NullMarked;
