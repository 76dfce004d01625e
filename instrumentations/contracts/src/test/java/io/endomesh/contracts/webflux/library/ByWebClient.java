package io.endomesh.contracts.webflux.library;

import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** {@code WebClient} as it is where Reactor Netty is on the class path. */
public final class ByWebClient implements Delegating {

  private final WebClient client = WebClient.create();

  @Override
  public Answer get(String url) throws IOException {
    return get(client, url);
  }

  /** By whatever is under it. */
  static Answer get(WebClient client, String url) throws IOException {
    Answer answer =
        client.get().uri(url).exchangeToMono(response -> answer(URI.create(url), response)).block();
    if (answer == null) {
      throw new IOException("answer: none (expected: one)");
    }
    return answer;
  }

  private static Mono<Answer> answer(URI uri, ClientResponse response) {
    Map<String, String> headers = new HashMap<>();
    response
        .headers()
        .asHttpHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    return response
        .bodyToMono(byte[].class)
        .defaultIfEmpty(new byte[0])
        .map(body -> new Answer(response.statusCode().value(), uri, headers, body));
  }
}
