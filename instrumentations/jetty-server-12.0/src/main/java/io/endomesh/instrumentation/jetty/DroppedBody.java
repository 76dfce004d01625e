package io.endomesh.instrumentation.jetty;

import io.endomesh.dataplane.http.UnreadBody;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * An {@link UnreadBody}, read without waiting, before its request ends. Used by one thread at a
 * time.
 */
final class DroppedBody implements Callback, Runnable {

  private final Request request;
  private final Callback end;
  private long bytes;

  private DroppedBody(Request request, Callback end) {
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
    return may ? new DroppedBody(request, end) : end;
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
      boolean enough =
          chunk.isLast() || Content.Chunk.isFailure(chunk) || bytes > UnreadBody.MOST_BYTES;
      chunk.release();
      if (enough) {
        end.succeeded();
        return;
      }
    }
  }
}
