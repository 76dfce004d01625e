package io.endomesh.contracts.spring.library;

import io.endomesh.testkit.HttpClientFixture.Answer;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.client.ClientHttpResponse;

/** Responses of Spring's clients as the contract reads them. */
final class Answers {

  private Answers() {}

  static Answer of(URI uri, ClientHttpResponse response) throws IOException {
    Map<String, String> headers = new HashMap<>();
    response
        .getHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    byte[] body = response.getBody().readAllBytes();
    return new Answer(response.getStatusCode().value(), uri, headers, body);
  }
}
