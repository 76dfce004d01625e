package io.endomesh.instrumentation.vertx;

import io.netty.util.AttributeKey;

/** Of a connection: that a request went out by it. */
final class Reuse {

  static final AttributeKey<Boolean> USED = AttributeKey.valueOf("io.endomesh.used");

  private Reuse() {}
}
