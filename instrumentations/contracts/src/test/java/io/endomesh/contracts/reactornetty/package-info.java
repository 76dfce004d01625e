/** Reactor Netty's client held to the contract of HTTP clients. */
@NullMarked
package io.endomesh.contracts.reactornetty;

import org.jspecify.annotations.NullMarked;
