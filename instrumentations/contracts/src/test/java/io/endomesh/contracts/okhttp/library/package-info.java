/** What uses OkHttp, loaded anew with each version of it. */
@NullMarked
package io.endomesh.contracts.okhttp.library;

import org.jspecify.annotations.NullMarked;
