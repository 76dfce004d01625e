/** Reactor Netty held to the contracts of HTTP clients and of HTTP servers. */
@NullMarked
package io.endomesh.contracts.reactornetty;

import org.jspecify.annotations.NullMarked;
