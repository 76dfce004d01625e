/** The mesh in AsyncHttpClient. */
@NullMarked
package io.endomesh.instrumentation.asynchttpclient;

import org.jspecify.annotations.NullMarked;
