package io.endomesh.instrumentation.netty.http;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.OptionalSslHandler;
import io.netty.handler.ssl.SslHandler;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds in a pipeline what makes requests of bytes. Stateless. */
final class Codecs {

  /** By name: who has no HTTP/2 has no such class. A stream of HTTP/2 has one of its own. */
  private static final String STREAM_CODEC =
      "io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec";

  /** By name, as that: what looks for the preface of HTTP/2, and what expects it. */
  private static final Set<String> HTTP_2 =
      Set.of(
          "io.netty.handler.codec.http2.CleartextHttp2ServerUpgradeHandler",
          "io.netty.handler.codec.http2.Http2ConnectionHandler");

  private static final String OF_REACTOR = "reactor.netty.";

  /** Reactor Netty's, of a server that sends callers without TLS elsewhere. */
  private static final String TLS_OR_REDIRECT = "reactor.netty.http.server.NonSslRedirectDetector";

  /** Vert.x's, which looks if the first bytes are those of HTTP/2, and adds a codec then. */
  private static final String CHOOSES = "Http1xOrH2CHandler";

  /** Vert.x's, which makes HTTP/2 of a connection if a request asks for it. */
  private static final String UPGRADES = "Http1xUpgradeToH2CHandler";

  private static final String OF_VERTX = "io.vertx.core.http.impl.";

  /**
   * Armeria's requests have an instrumentation of their own, whichever codec they came by, and one
   * decision. Its connections begin here: this is added before anything is read, if the port is
   * without TLS.
   */
  private static final String OF_ARMERIA = "com.linecorp.armeria.server.";

  private static final String BEGIN_OF_ARMERIA =
      OF_ARMERIA + "HttpServerPipelineConfigurator$Http2PrefaceOrHttpHandler";

  private Codecs() {}

  static boolean is(ChannelHandler handler) {
    return handler instanceof HttpRequestDecoder
        || handler instanceof HttpResponseEncoder
        || handler instanceof HttpServerCodec
        || handler.getClass().getName().equals(STREAM_CODEC);
  }

  /** True if it adds a codec when the first bytes are there; an anonymous class is one, too. */
  static boolean choosesByFirstBytes(ChannelHandler handler) {
    return isOfVertx(handler.getClass(), CHOOSES)
        || isOfVertx(handler.getClass().getSuperclass(), CHOOSES)
        || handler.getClass().getName().equals(BEGIN_OF_ARMERIA);
  }

  static boolean upgradesRequests(ChannelHandler handler) {
    return isOfVertx(handler.getClass(), UPGRADES);
  }

  private static boolean isOfVertx(Class<?> type, String name) {
    return type.getName().startsWith(OF_VERTX) && type.getName().endsWith(name);
  }

  /** True of what chooses inside TLS as well, and asks for certificates when it hears of TLS. */
  static boolean choosesBehindTls(ChannelHandler handler) {
    return handler.getClass().getName().equals(BEGIN_OF_ARMERIA);
  }

  /**
   * True of a connection that may become one of HTTP/2, or is one from its beginning, and whose
   * streams are seen then. Of a server on Netty alone nobody knows what makes its requests.
   */
  static boolean speakHttp2(ChannelPipeline pipeline) {
    boolean http2 = false;
    boolean isOfReactor = false;
    for (Map.Entry<String, ChannelHandler> entry : pipeline) {
      ChannelHandler handler = entry.getValue();
      if (choosesByFirstBytes(handler)) {
        return true;
      }
      http2 |= isOfHttp2(handler.getClass());
      isOfReactor |= handler.getClass().getName().startsWith(OF_REACTOR);
    }
    return http2 && isOfReactor;
  }

  private static boolean isOfHttp2(Class<?> handler) {
    for (Class<?> type = handler; type != Object.class; type = type.getSuperclass()) {
      if (HTTP_2.contains(type.getName())) {
        return true;
      }
    }
    return false;
  }

  /**
   * @return the name of the last handler that makes up the codec; null if a half of it is not
   *     there, or the requests are no concern of ours
   */
  static @Nullable String last(ChannelPipeline pipeline) {
    String last = null;
    boolean decodes = false;
    boolean encodes = false;
    for (Map.Entry<String, ChannelHandler> entry : pipeline) {
      ChannelHandler handler = entry.getValue();
      if (handler.getClass().getName().startsWith(OF_ARMERIA)) {
        return null;
      }
      if (is(handler)) {
        last = entry.getKey();
        decodes |= !(handler instanceof HttpResponseEncoder);
        encodes |= !(handler instanceof HttpRequestDecoder);
      }
    }
    return decodes && encodes ? last : null;
  }

  /** True for a server with TLS of its own, or one that finds out by itself. */
  static boolean hasTls(ChannelPipeline pipeline) {
    for (Map.Entry<String, ChannelHandler> entry : pipeline) {
      ChannelHandler handler = entry.getValue();
      if (handler instanceof SslHandler
          || handler instanceof AbstractSniHandler
          || handler instanceof OptionalSslHandler
          || handler.getClass().getName().equals(TLS_OR_REDIRECT)) {
        return true;
      }
    }
    return false;
  }
}
