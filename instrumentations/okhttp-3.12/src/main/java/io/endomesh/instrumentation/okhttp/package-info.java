/** OkHttp 3, 4 and 5 as a client of the mesh. */
@NullMarked
package io.endomesh.instrumentation.okhttp;

import org.jspecify.annotations.NullMarked;
