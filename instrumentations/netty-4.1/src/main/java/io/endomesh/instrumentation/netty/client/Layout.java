package io.endomesh.instrumentation.netty.client;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an application, and nobody else, put into a pipeline to speak HTTP/1.1. Immutable.
 *
 * @param codec name of the handler behind which there are messages
 * @param asleep name of the last handler in front of it that would speak to a peer by itself, which
 *     it has not; null if there is none
 * @param wakes if there are others between those two, which are told of what is read
 * @param tls the application's own
 */
record Layout(String codec, @Nullable String asleep, boolean wakes, @Nullable SslHandler tls) {

  /** They are woven where they make calls. */
  private static final List<String> WOVEN =
      List.of(
          "org.asynchttpclient.",
          "reactor.netty.",
          "io.vertx.",
          "com.linecorp.armeria.",
          "io.grpc.");

  /** By name: its module is not always there. */
  private static final String PROXY = "io.netty.handler.proxy.";

  /**
   * @return null for whatever is not HTTP, or is woven elsewhere
   */
  static @Nullable Layout of(ChannelPipeline pipeline) {
    String codec = null;
    String asleep = null;
    boolean encodes = false;
    boolean decodes = false;
    boolean wakes = false;
    SslHandler tls = null;
    for (Map.Entry<String, ChannelHandler> entry : pipeline) {
      ChannelHandler handler = entry.getValue();
      String type = handler.getClass().getName();
      if (handler instanceof EndpointConnection || WOVEN.stream().anyMatch(type::startsWith)) {
        return null;
      }
      boolean whole = handler instanceof HttpClientCodec;
      boolean encoder = whole || handler instanceof HttpRequestEncoder;
      boolean decoder = whole || handler instanceof HttpResponseDecoder;
      if (encoder || decoder) {
        codec = entry.getKey();
        encodes |= encoder;
        decodes |= decoder;
      } else if (handler instanceof SslHandler own && codec == null) {
        tls = own;
        asleep = entry.getKey();
        wakes = false;
      } else if (type.startsWith(PROXY)) {
        asleep = entry.getKey();
        wakes = false;
      } else {
        wakes |= codec == null;
      }
    }
    return encodes && decodes && codec != null ? new Layout(codec, asleep, wakes, tls) : null;
  }
}
