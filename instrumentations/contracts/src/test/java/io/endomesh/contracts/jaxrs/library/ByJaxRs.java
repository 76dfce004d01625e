package io.endomesh.contracts.jaxrs.library;

import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The client of whichever implementation is there. */
public final class ByJaxRs implements Delegating {

  private final Client client = ClientBuilder.newClient();

  @Override
  public Answer get(String url) {
    URI uri = URI.create(url);
    try (Response response = client.target(uri).request().get()) {
      Map<String, String> headers = new HashMap<>();
      response
          .getStringHeaders()
          .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
      return new Answer(response.getStatus(), uri, headers, response.readEntity(byte[].class));
    }
  }
}
