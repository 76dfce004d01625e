package io.endomesh.contracts.spring.library;

import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import java.net.URI;
import org.springframework.http.client.JettyClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** {@code RestClient} with the request factory of Jetty's client. */
public final class ByJettyRestClient implements Delegating {

  private final JettyClientHttpRequestFactory factory = new JettyClientHttpRequestFactory();

  private final RestClient client = RestClient.builder().requestFactory(factory).build();

  public ByJettyRestClient() {
    try {
      factory.afterPropertiesSet();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Answer get(String url) {
    URI uri = URI.create(url);
    return client.get().uri(uri).exchange((request, response) -> Answers.of(uri, response));
  }
}
