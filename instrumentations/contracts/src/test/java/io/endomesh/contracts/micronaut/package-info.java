/** Micronaut's HTTP client, which builds channels of Netty's by itself. */
@NullMarked
package io.endomesh.contracts.micronaut;

import org.jspecify.annotations.NullMarked;
