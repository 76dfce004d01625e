package io.endomesh.instrumentation.urlconnection;

import io.endomesh.dataplane.http.LocalAnswer;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.List;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/** The mesh's own answer. */
final class LocalResponse implements Answer {

  private final URL url;
  private final int status;
  private final HeadFields head = new HeadFields();
  private final boolean empty;
  private final InputStream body;

  LocalResponse(URL url, LocalAnswer answer) {
    this.url = url;
    this.status = answer.status();
    this.empty = answer.body().length == 0;
    this.body = new ByteArrayInputStream(answer.body());
    head.add(null, "HTTP/1.1 " + status);
    answer.headers().forEach((name, values) -> values.forEach(each -> head.add(name, each)));
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public @Nullable String key(int index) {
    return head.key(index);
  }

  @Override
  public @Nullable String field(int index) {
    return head.value(index);
  }

  @Override
  public @Nullable String field(String name) {
    return head.value(name);
  }

  @Override
  public Map<String, List<String>> fields() {
    return head.map();
  }

  @Override
  public InputStream body() throws IOException {
    if (status < HttpURLConnection.HTTP_BAD_REQUEST) {
      return body;
    }
    if (status == HttpURLConnection.HTTP_NOT_FOUND || status == HttpURLConnection.HTTP_GONE) {
      throw new FileNotFoundException(url.toString());
    }
    // As the JDK says it.
    throw new IOException("Server returned HTTP response code: " + status + " for URL: " + url);
  }

  @Override
  public @Nullable InputStream errorBody() {
    return status < HttpURLConnection.HTTP_BAD_REQUEST || empty ? null : body;
  }

  @Override
  public void delivered() {}

  @Override
  public void drop() {}

  @Override
  public void disconnect() {}

  @Override
  public boolean usedProxy() {
    return false;
  }

  @Override
  public @Nullable HttpsURLConnection secured() {
    return null;
  }
}
