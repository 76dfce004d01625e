/** What uses Retrofit. */
@NullMarked
package io.endomesh.contracts.retrofit.library;

import org.jspecify.annotations.NullMarked;
