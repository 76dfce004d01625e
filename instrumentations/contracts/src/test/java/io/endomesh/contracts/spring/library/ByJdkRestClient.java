package io.endomesh.contracts.spring.library;

import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import java.net.URI;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** {@code RestClient} with the request factory of {@code java.net.http}. */
public final class ByJdkRestClient implements Delegating {

  private final RestClient client =
      RestClient.builder().requestFactory(new JdkClientHttpRequestFactory()).build();

  @Override
  public Answer get(String url) {
    URI uri = URI.create(url);
    return client.get().uri(uri).exchange((request, response) -> Answers.of(uri, response));
  }
}
