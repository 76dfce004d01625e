/** Code that uses Spring itself, loaded with the client underneath. */
@NullMarked
package io.endomesh.contracts.webflux.library;

import org.jspecify.annotations.NullMarked;
