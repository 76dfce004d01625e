/** {@code java.net.http.HttpClient} as a client of the mesh. */
@NullMarked
package io.endomesh.instrumentation.httpclient;

import org.jspecify.annotations.NullMarked;
