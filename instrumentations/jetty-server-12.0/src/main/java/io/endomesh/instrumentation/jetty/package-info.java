/** Eclipse Jetty 12 as a server of the mesh. */
@NullMarked
package io.endomesh.instrumentation.jetty;

import org.jspecify.annotations.NullMarked;
