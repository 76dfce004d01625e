package io.endomesh.contracts.netty;

import io.endomesh.testkit.StagedHttpClientContract;

/** The contract on a client that is a handler behind the codec of one version of Netty. */
abstract class NettyClientVersion extends StagedHttpClientContract {

  NettyClientVersion() {
    super("io.endomesh.contracts.netty.client.NettyClient");
  }
}
