package io.endomesh.contracts.reactornetty;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Reactor Netty, server", staged = "reactor-netty-newest", release = Release.NEWEST)
class ReactorNettyServerNewestTest extends ReactorNettyServerVersion {}
