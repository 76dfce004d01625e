package io.endomesh.contracts.reactornetty;

import io.endomesh.testkit.Library;

@Library(name = "Reactor Netty, server", staged = "reactor-netty-oldest")
class ReactorNettyOldestPathsTest extends ReactorNettyPaths {}
