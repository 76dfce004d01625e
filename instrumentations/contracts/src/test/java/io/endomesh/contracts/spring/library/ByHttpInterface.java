package io.endomesh.contracts.spring.library;

import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** An interface that Spring implements by a {@code RestClient}. */
public final class ByHttpInterface implements Delegating {

  /** Public, as the library wants it. */
  public interface Service {
    @GetExchange
    ResponseEntity<byte[]> get(URI url);
  }

  private final Service service;

  public ByHttpInterface() {
    RestClient client =
        RestClient.builder()
            .requestFactory(new JdkClientHttpRequestFactory())
            .defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {})
            .build();
    service =
        HttpServiceProxyFactory.builderFor(RestClientAdapter.create(client))
            .build()
            .createClient(Service.class);
  }

  @Override
  public Answer get(String url) {
    URI uri = URI.create(url);
    ResponseEntity<byte[]> response = service.get(uri);
    Map<String, String> headers = new HashMap<>();
    response
        .getHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    byte[] body = response.getBody();
    return new Answer(
        response.getStatusCode().value(), uri, headers, body == null ? new byte[0] : body);
  }
}
