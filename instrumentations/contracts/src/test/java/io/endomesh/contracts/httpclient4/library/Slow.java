package io.endomesh.contracts.httpclient4.library;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.apache.http.HttpEntity;
import org.apache.http.HttpResponse;
import org.apache.http.entity.ContentType;
import org.apache.http.nio.ContentDecoder;
import org.apache.http.nio.IOControl;
import org.apache.http.nio.protocol.AbstractAsyncResponseConsumer;
import org.apache.http.protocol.HttpContext;

/** Takes three bytes of an answer, and goes on on another thread. */
final class Slow extends AbstractAsyncResponseConsumer<String> {

  private final StringBuffer text = new StringBuffer();

  @Override
  protected void onResponseReceived(HttpResponse response) {}

  @Override
  protected void onEntityEnclosed(HttpEntity entity, ContentType type) {}

  @Override
  protected void onContentReceived(ContentDecoder decoder, IOControl control) throws IOException {
    ByteBuffer part = ByteBuffer.allocate(3);
    decoder.read(part);
    text.append(new String(part.array(), 0, part.position(), StandardCharsets.US_ASCII));
    control.suspendInput();
    CompletableFuture.runAsync(control::requestInput);
  }

  @Override
  protected String buildResult(HttpContext context) {
    return text.toString();
  }

  @Override
  protected void releaseResources() {}
}
