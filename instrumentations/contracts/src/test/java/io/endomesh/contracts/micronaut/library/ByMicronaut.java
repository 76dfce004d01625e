package io.endomesh.contracts.micronaut.library;

import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.client.HttpClient;
import io.micronaut.http.client.exceptions.HttpClientResponseException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The client as it is without an application context. */
public final class ByMicronaut implements Delegating {

  private final HttpClient client = HttpClient.create(null);

  @Override
  public Answer get(String url) {
    URI uri = URI.create(url);
    try {
      return answer(uri, client.toBlocking().exchange(HttpRequest.GET(uri), byte[].class));
    } catch (HttpClientResponseException refused) {
      return answer(uri, refused.getResponse());
    }
  }

  private static Answer answer(URI uri, HttpResponse<?> response) {
    Map<String, String> headers = new HashMap<>();
    for (Map.Entry<String, List<String>> header : response.getHeaders()) {
      headers.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue().get(0));
    }
    byte[] body = response.getBody(byte[].class).orElseGet(() -> new byte[0]);
    return new Answer(response.code(), uri, headers, body);
  }
}
