package io.endomesh.contracts.httpclient5.library;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.jspecify.annotations.Nullable;

/** A body that is read from a stream while it is sent. */
final class Once implements AsyncEntityProducer {

  private static final int PART = 4096;

  private final InputStream stream;
  private final List<Header> trailers;
  private ByteBuffer part = ByteBuffer.allocate(0);

  Once(InputStream stream, Header... trailers) {
    this.stream = stream;
    this.trailers = List.of(trailers);
  }

  @Override
  public boolean isRepeatable() {
    return false;
  }

  @Override
  public void failed(Exception cause) {}

  @Override
  public int available() {
    return PART;
  }

  @Override
  public void produce(DataStreamChannel channel) throws IOException {
    if (!part.hasRemaining()) {
      byte[] next = new byte[PART];
      int count = stream.read(next);
      if (count < 0) {
        channel.endStream(trailers.isEmpty() ? null : trailers);
        return;
      }
      part = ByteBuffer.wrap(next, 0, count);
    }
    channel.write(part);
  }

  @Override
  public long getContentLength() {
    return -1;
  }

  @Override
  public @Nullable String getContentType() {
    return null;
  }

  @Override
  public @Nullable String getContentEncoding() {
    return null;
  }

  @Override
  public boolean isChunked() {
    return true;
  }

  @Override
  public @Nullable Set<String> getTrailerNames() {
    return null;
  }

  @Override
  public void releaseResources() {}
}
