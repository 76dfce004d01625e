package io.endomesh.instrumentation.jettyclient;

import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** What the library tells of the answer of an attempt. Used by one thread at a time. */
public interface AttemptEvents {

  /** An answer begins: behind one that asked for a password, another does. */
  void begins();

  /**
   * @return false if the library is not to keep it
   */
  boolean header(HttpField field);

  /** All headers are here, but for those that the library did not keep. */
  void head(HttpVersion version, int status, @Nullable String reason, List<HttpField> kept);

  /** True if what comes now is the application's. */
  boolean delivers();

  /**
   * @param failure null if all is here
   */
  void ended(@Nullable Throwable failure);
}
