package io.endomesh.instrumentation.jettyclient.before10;

import java.nio.ByteBuffer;
import java.util.Iterator;
import org.eclipse.jetty.client.AsyncContentProvider;
import org.eclipse.jetty.client.HttpRequest;
import org.eclipse.jetty.client.api.ContentProvider;
import org.eclipse.jetty.client.api.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** The content of the application's request, which each attempt is to send. Immutable. */
public final class Content {

  private final @Nullable ContentProvider content;

  public Content(HttpRequest request) {
    content = request.getContent();
  }

  /** True if more than one attempt can send it, also at the same time. */
  public static boolean isReplayable(HttpRequest request) {
    ContentProvider content = request.getContent();
    return content == null || content.isReproducible();
  }

  public void put(Request attempt) {
    if (content != null) {
      boolean told = content instanceof Callback && content instanceof AsyncContentProvider;
      attempt.content(told ? new Quiet((AsyncContentProvider) content) : content);
    }
  }

  /**
   * Is not told when an attempt ends: another may send it. The library tells the application's of
   * the end of its request.
   */
  private static final class Quiet implements AsyncContentProvider {
    private final AsyncContentProvider content;

    private Quiet(AsyncContentProvider content) {
      this.content = content;
    }

    @Override
    public long getLength() {
      return content.getLength();
    }

    @Override
    public Iterator<ByteBuffer> iterator() {
      return content.iterator();
    }

    @Override
    public void setListener(Listener listener) {
      content.setListener(listener);
    }
  }
}
