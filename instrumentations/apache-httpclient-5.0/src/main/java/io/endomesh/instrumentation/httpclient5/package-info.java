/** Apache HttpClient 5, classic, as a client of the mesh. */
@NullMarked
package io.endomesh.instrumentation.httpclient5;

import org.jspecify.annotations.NullMarked;
