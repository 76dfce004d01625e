package io.endomesh.contracts.spring.library;

import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import java.net.URI;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** {@code RestClient} with the request factory of Apache HttpClient 5. */
public final class ByRestClient implements Delegating {

  private final RestClient client =
      RestClient.builder().requestFactory(new HttpComponentsClientHttpRequestFactory()).build();

  @Override
  public Answer get(String url) {
    URI uri = URI.create(url);
    return client.get().uri(uri).exchange((request, response) -> Answers.of(uri, response));
  }
}
