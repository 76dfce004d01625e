/** AsyncHttpClient. */
@NullMarked
package io.endomesh.contracts.asynchttpclient;

import org.jspecify.annotations.NullMarked;
