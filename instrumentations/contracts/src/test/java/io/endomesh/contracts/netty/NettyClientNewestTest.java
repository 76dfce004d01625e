package io.endomesh.contracts.netty;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Netty, HTTP codec, client", staged = "netty-4.2", release = Release.NEWEST)
class NettyClientNewestTest extends NettyClientVersion {}
