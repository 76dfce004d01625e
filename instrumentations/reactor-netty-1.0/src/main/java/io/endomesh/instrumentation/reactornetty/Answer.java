package io.endomesh.instrumentation.reactornetty;

import io.endomesh.dataplane.http.LocalAnswer;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.channel.ChannelOperations;

/**
 * The answer to an attempt, or one of the mesh itself: its head, and a body that is still to come.
 * Immutable.
 *
 * @param trailers known when the body has ended; none if that tells them itself
 * @param connection that the body comes by, null if it is here already
 */
record Answer(
    HttpResponseStatus status,
    HttpHeaders headers,
    Flux<?> body,
    Mono<HttpHeaders> trailers,
    @Nullable Connection connection) {

  /**
   * Parts of the body of an answer that nobody gets which are read for the sake of the connection,
   * which else is closed. In 8 KiB, as the library reads them: 128 KiB.
   */
  private static final int DRAINED_PARTS = 16;

  static Answer local(LocalAnswer local) {
    HttpHeaders headers = new DefaultHttpHeaders(/* validate= */ false);
    local.headers().forEach(headers::set);
    Flux<?> body =
        local.body().length == 0
            ? Flux.empty()
            : Flux.just(new DefaultHttpContent(Unpooled.wrappedBuffer(local.body())));
    return new Answer(
        HttpResponseStatus.valueOf(local.status()), headers, body, Mono.empty(), null);
  }

  /** Nobody gets it. */
  void drop() {
    if (connection != null) {
      body.take(DRAINED_PARTS).subscribe(part -> {}, broken -> {});
    }
  }

  /** Nobody gets it, and nobody waits for the rest of it. */
  void discard() {
    close();
    body.subscribe(part -> {}, broken -> {});
  }

  /** Ends what is still to come. What is here already has to be read all the same. */
  void close() {
    if (connection != null) {
      Channel channel = connection.channel();
      channel
          .eventLoop()
          .execute(
              () -> {
                // Else it has ended, and the channel is another's by now.
                if (ChannelOperations.get(channel) == connection) {
                  connection.dispose();
                }
              });
    }
  }
}
