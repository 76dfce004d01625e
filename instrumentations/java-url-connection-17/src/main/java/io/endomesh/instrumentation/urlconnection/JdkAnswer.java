package io.endomesh.instrumentation.urlconnection;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/** The answer that a connection of the JDK's got. */
final class JdkAnswer implements Answer {

  private final HttpURLConnection connection;
  private final @Nullable UnderWay attempt;
  private final @Nullable AnswerCookies cookies;

  JdkAnswer(HttpURLConnection connection, UnderWay attempt, AnswerCookies cookies) {
    this.connection = connection;
    this.attempt = attempt;
    this.cookies = cookies;
  }

  /** Of a call outside the mesh. */
  JdkAnswer(HttpURLConnection connection) {
    this.connection = connection;
    this.attempt = null;
    this.cookies = null;
  }

  @Override
  public int status() throws IOException {
    return connection.getResponseCode();
  }

  @Override
  public @Nullable String key(int index) {
    return connection.getHeaderFieldKey(index);
  }

  @Override
  public @Nullable String field(int index) {
    return connection.getHeaderField(index);
  }

  @Override
  public @Nullable String field(String name) {
    return connection.getHeaderField(name);
  }

  @Override
  public Map<String, List<String>> fields() {
    return connection.getHeaderFields();
  }

  @Override
  public InputStream body() throws IOException {
    return connection.getInputStream();
  }

  @Override
  public @Nullable InputStream errorBody() {
    return connection.getErrorStream();
  }

  @Override
  public void delivered() throws IOException {
    delivered(null);
  }

  /**
   * @param setCookie as {@link AnswerCookies#store} takes it
   */
  void delivered(@Nullable List<String> setCookie) throws IOException {
    if (cookies != null) {
      cookies.store(setCookie);
    }
  }

  @Override
  public void drop() {
    try {
      InputStream body = status() >= 400 ? errorBody() : body();
      if (body != null) {
        // The JDK reads on in the background, within limits, and keeps the connection.
        body.close();
      }
    } catch (IOException | RuntimeException e) {
      disconnect();
    }
  }

  @Override
  public void disconnect() {
    if (attempt == null) {
      connection.disconnect();
      return;
    }
    try {
      // The JDK looks for it in its pool.
      attempt.around(
          () -> {
            connection.disconnect();
            return this;
          });
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean usedProxy() {
    return connection.usingProxy();
  }

  @Override
  public @Nullable HttpsURLConnection secured() {
    return connection instanceof HttpsURLConnection secured ? secured : null;
  }
}
