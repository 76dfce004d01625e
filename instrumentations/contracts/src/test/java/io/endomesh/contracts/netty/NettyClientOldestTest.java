package io.endomesh.contracts.netty;

import io.endomesh.testkit.Library;

@Library(name = "Netty, HTTP codec, client", staged = "netty-4.1")
class NettyClientOldestTest extends NettyClientVersion {}
