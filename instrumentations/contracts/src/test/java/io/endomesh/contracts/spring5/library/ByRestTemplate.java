package io.endomesh.contracts.spring5.library;

import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.DefaultResponseErrorHandler;
import org.springframework.web.client.RestTemplate;

/**
 * {@code RestTemplate} with the request factory of Apache HttpClient 4. Compiled against Spring 6,
 * by what both have.
 */
public final class ByRestTemplate implements Delegating {

  private final RestTemplate template =
      new RestTemplate(new HttpComponentsClientHttpRequestFactory());

  public ByRestTemplate() {
    template.setErrorHandler(
        new DefaultResponseErrorHandler() {
          @Override
          public boolean hasError(ClientHttpResponse response) {
            return false;
          }
        });
  }

  @Override
  public Answer get(String url) {
    URI uri = URI.create(url);
    return template.execute(uri, HttpMethod.GET, null, response -> answer(uri, response));
  }

  @SuppressWarnings("removal") // What takes its place is not in Spring 5.
  private static Answer answer(URI uri, ClientHttpResponse response) throws IOException {
    Map<String, String> headers = new HashMap<>();
    response
        .getHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    return new Answer(response.getRawStatusCode(), uri, headers, response.getBody().readAllBytes());
  }
}
