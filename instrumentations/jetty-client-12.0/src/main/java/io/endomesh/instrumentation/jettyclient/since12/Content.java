package io.endomesh.instrumentation.jettyclient.since12;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.client.ByteBufferRequestContent;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.transport.HttpRequest;
import org.eclipse.jetty.io.Content.Chunk;
import org.jspecify.annotations.Nullable;

/**
 * The content of the application's request, which each attempt is to send. One that is in memory is
 * read once, and each attempt gets a content of its own: one object serves one reader. Immutable.
 */
public final class Content {

  private final Request.@Nullable Content content;
  private final @Nullable List<ByteBuffer> bytes;

  public Content(HttpRequest request) {
    content = request.getBody();
    bytes = content instanceof ByteBufferRequestContent memory ? read(memory) : null;
  }

  /** True if more than one attempt can send it, also at the same time. */
  public static boolean isReplayable(HttpRequest request) {
    return request.getBody() == null || request.getBody() instanceof ByteBufferRequestContent;
  }

  private static List<ByteBuffer> read(ByteBufferRequestContent memory) {
    List<ByteBuffer> all = new ArrayList<>();
    Chunk chunk;
    do {
      chunk = memory.read();
      all.add(chunk.getByteBuffer().slice());
      chunk.release();
    } while (!chunk.isLast());
    memory.rewind();
    return all;
  }

  public void put(Request attempt) {
    if (content == null) {
      return;
    }
    attempt.body(
        bytes == null
            ? new Unsent(content)
            : new ByteBufferRequestContent(
                content.getContentType(),
                bytes.stream().map(ByteBuffer::slice).toArray(ByteBuffer[]::new)));
  }

  /**
   * Of an attempt that ends before it has read anything: then another sends it, or the library
   * tells it of the end of the application's request. Used by one thread at a time.
   */
  private static final class Unsent implements Request.Content {
    private final Request.Content content;
    private volatile boolean asked;

    private Unsent(Request.Content content) {
      this.content = content;
    }

    @Override
    public String getContentType() {
      return content.getContentType();
    }

    @Override
    public long getLength() {
      return content.getLength();
    }

    @Override
    public @Nullable Chunk read() {
      asked = true;
      return content.read();
    }

    @Override
    public void demand(Runnable callback) {
      asked = true;
      content.demand(callback);
    }

    @Override
    public void fail(Throwable failure) {
      if (asked) {
        content.fail(failure);
      }
    }
  }
}
