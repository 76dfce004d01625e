package io.endomesh.contracts.spring.library;

import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import java.net.URI;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.NoOpResponseErrorHandler;
import org.springframework.web.client.RestTemplate;

/** {@code RestTemplate} as it is without a request factory: over {@code HttpURLConnection}. */
public final class ByDefaultRestTemplate implements Delegating {

  private final RestTemplate template = new RestTemplate();

  public ByDefaultRestTemplate() {
    template.setErrorHandler(new NoOpResponseErrorHandler());
  }

  @Override
  public Answer get(String url) {
    URI uri = URI.create(url);
    return template.execute(uri, HttpMethod.GET, null, response -> Answers.of(uri, response));
  }
}
