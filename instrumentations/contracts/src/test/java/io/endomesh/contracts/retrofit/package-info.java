/** Retrofit, which leaves the calls to OkHttp. */
@NullMarked
package io.endomesh.contracts.retrofit;

import org.jspecify.annotations.NullMarked;
