package io.endomesh.instrumentation.jettyclient.since10;

import org.eclipse.jetty.client.HttpRequest;
import org.eclipse.jetty.client.api.ContentProvider;
import org.eclipse.jetty.client.api.Request;
import org.jspecify.annotations.Nullable;

/** The content of the application's request, which each attempt is to send. Immutable. */
@SuppressWarnings("deprecation") // What applications may still use.
public final class Content {

  private final Request.@Nullable Content content;

  /** As 9.4 has it. The library wraps it into a content that serves one reader. */
  private final @Nullable ContentProvider older;

  public Content(HttpRequest request) {
    content = request.getBody();
    older = request.getContent();
  }

  /** True if more than one attempt can send it, also at the same time. */
  public static boolean isReplayable(HttpRequest request) {
    Request.Content content = request.getBody();
    return content == null || content.isReproducible();
  }

  public void put(Request attempt) {
    if (older != null && older.isReproducible()) {
      attempt.content(older);
    } else if (content != null) {
      attempt.body(content.isReproducible() ? content : new Unsent(content));
    }
  }

  /**
   * Of an attempt that ends before it has asked for anything: then another sends it, or the library
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
    public Subscription subscribe(Consumer consumer, boolean emitInitialContent) {
      asked = true;
      return content.subscribe(consumer, emitInitialContent);
    }

    @Override
    public void fail(Throwable failure) {
      if (asked) {
        content.fail(failure);
      }
    }
  }
}
