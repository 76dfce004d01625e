/** Keys of the issuers of tokens: fetched here and nowhere else, and kept. */
@NullMarked
package io.endomesh.controller.jwks;

import org.jspecify.annotations.NullMarked;
