package io.endomesh.instrumentation.netty.reactor;

import io.endomesh.instrumentation.netty.Attributes;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/** What a connection is to the application. Stateless. */
final class Scheme {

  private static final AttributeKey<Object> TLS = AttributeKey.valueOf(Attributes.TLS);

  private Scheme() {}

  /** False, as without the mesh, if its TLS is the mesh's; else null. */
  static @Nullable Boolean of(@Nullable Channel connection) {
    if (connection == null || connection.attr(TLS).get() == null) {
      return null;
    }
    return Boolean.FALSE;
  }
}
