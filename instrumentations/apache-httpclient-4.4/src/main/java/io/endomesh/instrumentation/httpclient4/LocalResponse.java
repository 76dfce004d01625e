package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.http.LocalAnswer;
import org.apache.http.HttpVersion;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.impl.EnglishReasonPhraseCatalog;
import org.apache.http.message.BasicHttpResponse;
import org.jspecify.annotations.Nullable;

/** An answer of the mesh itself; there is no connection behind it. Not thread-safe. */
final class LocalResponse extends BasicHttpResponse implements CloseableHttpResponse {

  LocalResponse(LocalAnswer answer) {
    super(HttpVersion.HTTP_1_1, answer.status(), reason(answer.status()));
    answer.headers().forEach((name, values) -> values.forEach(value -> addHeader(name, value)));
    if (answer.body().length > 0) {
      ByteArrayEntity body = new ByteArrayEntity(answer.body());
      body.setContentType(getFirstHeader("Content-Type"));
      setEntity(body);
    }
  }

  /** The catalogue refuses what is no status of HTTP. */
  private static @Nullable String reason(int status) {
    return status < 100 || status >= 600
        ? null
        : EnglishReasonPhraseCatalog.INSTANCE.getReason(status, null);
  }

  @Override
  public void close() {}
}
