package io.endomesh.instrumentation.httpclient5;

import java.io.IOException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * A copy for a mirror as the client takes it.
 *
 * @param body null if the request has none
 */
record CopyProducer(AsyncCopy request, @Nullable BodyCopy body) implements AsyncRequestProducer {

  @Override
  public void sendRequest(RequestChannel channel, HttpContext context)
      throws HttpException, IOException {
    channel.sendRequest(request, body, context);
  }

  @Override
  public boolean isRepeatable() {
    return body == null;
  }

  @Override
  public int available() {
    return body == null ? 0 : body.available();
  }

  @Override
  public void produce(DataStreamChannel channel) throws IOException {
    if (body != null) {
      body.produce(channel);
    }
  }

  @Override
  public void failed(Exception cause) {
    releaseResources();
  }

  @Override
  public void releaseResources() {
    if (body != null) {
      body.releaseResources();
    }
  }
}
