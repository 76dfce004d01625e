/** Reactor Netty's HTTP client, which is under Spring's WebClient, as a client of the mesh. */
@NullMarked
package io.endomesh.instrumentation.reactornetty;

import org.jspecify.annotations.NullMarked;
