/** Clients of JAX-RS, which leave the calls to others. */
@NullMarked
package io.endomesh.contracts.jaxrs;

import org.jspecify.annotations.NullMarked;
