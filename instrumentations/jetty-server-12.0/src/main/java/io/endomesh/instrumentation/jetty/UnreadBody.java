package io.endomesh.instrumentation.jetty;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * What a caller goes on sending when it was refused already. It is read to its end, and thrown
 * away, before the request is: a connection that is closed with something unread is reset, and
 * takes the refusal with it. Used by one thread at a time.
 */
final class UnreadBody implements Callback, Runnable {

  /** Then the connection is closed all the same. As Tomcat's {@code maxSwallowSize}. */
  private static final long MOST_BYTES = 2 * 1024 * 1024;

  private final Request request;
  private final Callback end;
  private long bytes;

  private UnreadBody(Request request, Callback end) {
    this.request = request;
    this.end = end;
  }

  /**
   * @param end of the request
   * @return to be told when the refusal is written
   */
  static Callback behind(Request request, Callback end) {
    // HTTP/2 resets the stream alone; who expects to be told to go on has sent nothing.
    boolean may =
        request.getConnectionMetaData().getHttpVersion().getVersion()
                <= HttpVersion.HTTP_1_1.getVersion()
            && !request.getHeaders().contains(HttpHeader.EXPECT);
    return may ? new UnreadBody(request, end) : end;
  }

  @Override
  public void succeeded() {
    run();
  }

  @Override
  public void failed(Throwable failure) {
    end.failed(failure);
  }

  @Override
  public void run() {
    while (true) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(this);
        return;
      }
      bytes += chunk.remaining();
      boolean enough = chunk.isLast() || Content.Chunk.isFailure(chunk) || bytes > MOST_BYTES;
      chunk.release();
      if (enough) {
        end.succeeded();
        return;
      }
    }
  }
}
