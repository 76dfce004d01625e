package io.endomesh.instrumentation.okhttp;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.http.LocalAnswer;
import java.util.List;
import java.util.Map;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/** Messages of the library, changed and made. Stateless. */
final class Messages {

  private Messages() {}

  /**
   * @param changes as {@link io.endomesh.dataplane.http.ChangedHeaders#changes} has them
   */
  static Request changed(Request request, Map<String, List<String>> changes) {
    if (changes.isEmpty()) {
      return request;
    }
    Request.Builder changed = request.newBuilder();
    changes.forEach(
        (name, values) -> {
          changed.removeHeader(name);
          values.forEach(value -> changed.addHeader(name, value));
        });
    return changed.build();
  }

  static Response local(LocalAnswer answer, Request request) {
    Headers.Builder headers = new Headers.Builder();
    answer.headers().forEach((name, values) -> values.forEach(value -> headers.add(name, value)));
    String type = headers.get("content-type");
    long now = System.currentTimeMillis();
    return new Response.Builder()
        .request(request)
        .protocol(Protocol.HTTP_1_1)
        .code(answer.status())
        .message("")
        .headers(headers.build())
        .body(ResponseBody.create(type == null ? null : MediaType.parse(type), answer.body()))
        .sentRequestAtMillis(now)
        .receivedResponseAtMillis(now)
        .build();
  }

  /** Headers of a response that may be changed. */
  record Changeable(Headers.Builder headers) implements io.endomesh.dataplane.Headers {

    @Override
    public @Nullable String header(String name) {
      return HeaderValues.joined(name, headers.build().values(name));
    }

    @Override
    public void setHeader(String name, String value) {
      headers.set(name, value);
    }

    @Override
    public void addHeader(String name, String value) {
      headers.add(name, value);
    }

    @Override
    public void removeHeader(String name) {
      headers.removeAll(name);
    }
  }
}
