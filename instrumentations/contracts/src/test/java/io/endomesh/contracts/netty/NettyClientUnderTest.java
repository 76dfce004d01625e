package io.endomesh.contracts.netty;

import io.endomesh.testkit.HttpClientUnderTest;

/** What applications do with channels, beyond calls. */
public interface NettyClientUnderTest extends HttpClientUnderTest {}
