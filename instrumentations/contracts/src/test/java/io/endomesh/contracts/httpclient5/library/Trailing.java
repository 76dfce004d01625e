package io.endomesh.contracts.httpclient5.library;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleResponseConsumer;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** The library's consumer of small answers, which forgets the trailers. */
final class Trailing implements AsyncResponseConsumer<SimpleHttpResponse> {

  private final SimpleResponseConsumer body = SimpleResponseConsumer.create();
  private final Map<String, String> trailers;

  /**
   * @param trailers gets them, by their names in lower case
   */
  Trailing(Map<String, String> trailers) {
    this.trailers = trailers;
  }

  @Override
  public void consumeResponse(
      HttpResponse response,
      @Nullable EntityDetails entity,
      HttpContext context,
      FutureCallback<SimpleHttpResponse> callback)
      throws HttpException, IOException {
    body.consumeResponse(response, entity, context, callback);
  }

  @Override
  public void informationResponse(HttpResponse response, HttpContext context)
      throws HttpException, IOException {
    body.informationResponse(response, context);
  }

  @Override
  public void updateCapacity(CapacityChannel channel) throws IOException {
    body.updateCapacity(channel);
  }

  @Override
  public void consume(ByteBuffer part) throws IOException {
    body.consume(part);
  }

  @Override
  public void streamEnd(@Nullable List<? extends Header> told) throws HttpException, IOException {
    if (told != null) {
      told.forEach(
          header -> trailers.put(header.getName().toLowerCase(Locale.ROOT), header.getValue()));
    }
    body.streamEnd(told);
  }

  @Override
  public void failed(Exception cause) {
    body.failed(cause);
  }

  @Override
  public void releaseResources() {
    body.releaseResources();
  }
}
