/** What uses JAX-RS, loaded with an implementation and the client underneath. */
@NullMarked
package io.endomesh.contracts.jaxrs.library;

import org.jspecify.annotations.NullMarked;
