/** Apache HttpClient 5, classic and asynchronous, as a client of the mesh. */
@NullMarked
package io.endomesh.instrumentation.httpclient5;

import org.jspecify.annotations.NullMarked;
