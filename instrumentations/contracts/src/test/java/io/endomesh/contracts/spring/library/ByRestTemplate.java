package io.endomesh.contracts.spring.library;

import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import java.net.URI;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.NoOpResponseErrorHandler;
import org.springframework.web.client.RestTemplate;

/** {@code RestTemplate} with the request factory of Apache HttpClient 5. */
public final class ByRestTemplate implements Delegating {

  private final RestTemplate template =
      new RestTemplate(new HttpComponentsClientHttpRequestFactory());

  public ByRestTemplate() {
    template.setErrorHandler(new NoOpResponseErrorHandler());
  }

  @Override
  public Answer get(String url) {
    URI uri = URI.create(url);
    return template.execute(uri, HttpMethod.GET, null, response -> Answers.of(uri, response));
  }
}
