/** Apache HttpClient 4, which blocks, as a client of the mesh. */
@NullMarked
package io.endomesh.instrumentation.httpclient4;

import org.jspecify.annotations.NullMarked;
