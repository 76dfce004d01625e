package io.endomesh.contracts.reactornetty;

import io.endomesh.testkit.Library;

@Library(name = "Reactor Netty", staged = "reactor-netty-newest")
class ReactorNettyNewestTest extends ReactorNettyVersion {

  ReactorNettyNewestTest() throws ReflectiveOperationException {}
}
