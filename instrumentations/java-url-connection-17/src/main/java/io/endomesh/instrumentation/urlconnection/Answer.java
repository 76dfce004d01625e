package io.endomesh.instrumentation.urlconnection;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * What a call came to, read as {@code HttpURLConnection} reads it. As thread-safe as that.
 *
 * <p>Index 0 of the header fields is the status line, which has no key.
 */
interface Answer {

  int status() throws IOException;

  @Nullable String key(int index);

  @Nullable String field(int index);

  /** The last one of this name, compared without regard to case. */
  @Nullable String field(String name);

  Map<String, List<String>> fields();

  /** Throws if the status is 400 or more. */
  InputStream body() throws IOException;

  /** The body of a status of 400 or more, null if there is none. */
  @Nullable InputStream errorBody();

  /** It is the application's: its cookies are stored. */
  void delivered() throws IOException;

  /** It is nobody's: its connection is to be free again. */
  void drop();

  /** The application wants no more of it. From any thread. */
  void disconnect();

  boolean usedProxy();

  /** Null without TLS that the application asked for. */
  @Nullable HttpsURLConnection secured();
}
