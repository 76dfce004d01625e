package io.endomesh.contracts.httpclient5.library;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** Tells each part of an answer as it comes; the result is the status. */
final class Parts implements AsyncResponseConsumer<Integer> {

  private final Consumer<byte[]> parts;
  private @Nullable FutureCallback<Integer> result;
  private int status;

  Parts(Consumer<byte[]> parts) {
    this.parts = parts;
  }

  @Override
  public void consumeResponse(
      HttpResponse response,
      @Nullable EntityDetails body,
      HttpContext context,
      FutureCallback<Integer> callback) {
    status = response.getCode();
    result = callback;
    if (body == null) {
      callback.completed(status);
    }
  }

  @Override
  public void informationResponse(HttpResponse response, HttpContext context) {}

  @Override
  public void updateCapacity(CapacityChannel channel) throws java.io.IOException {
    channel.update(Integer.MAX_VALUE);
  }

  @Override
  public void consume(ByteBuffer part) {
    byte[] bytes = new byte[part.remaining()];
    part.get(bytes);
    parts.accept(bytes);
  }

  @Override
  public void streamEnd(@Nullable List<? extends Header> trailers) {
    if (result != null) {
      result.completed(status);
    }
  }

  @Override
  public void failed(Exception cause) {
    if (result != null) {
      result.failed(cause);
    }
  }

  @Override
  public void releaseResources() {}
}
