/** {@code java.net.HttpURLConnection} as a client of the mesh. */
@NullMarked
package io.endomesh.instrumentation.urlconnection;

import org.jspecify.annotations.NullMarked;
