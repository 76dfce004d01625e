/** OkHttp under its contract. */
@NullMarked
package io.endomesh.contracts.okhttp;

import org.jspecify.annotations.NullMarked;
