/** What uses OpenFeign, loaded with the client underneath. */
@NullMarked
package io.endomesh.contracts.feign.library;

import org.jspecify.annotations.NullMarked;
