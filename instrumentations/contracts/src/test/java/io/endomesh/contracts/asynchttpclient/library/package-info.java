/** What uses AsyncHttpClient. */
@NullMarked
package io.endomesh.contracts.asynchttpclient.library;

import org.jspecify.annotations.NullMarked;
