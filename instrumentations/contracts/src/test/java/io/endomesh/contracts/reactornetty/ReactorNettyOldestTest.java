package io.endomesh.contracts.reactornetty;

import io.endomesh.testkit.Library;

@Library(name = "Reactor Netty", staged = "reactor-netty-oldest")
class ReactorNettyOldestTest extends ReactorNettyVersion {

  ReactorNettyOldestTest() throws ReflectiveOperationException {}
}
