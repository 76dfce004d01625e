package io.endomesh.contracts.feign.library;

import feign.Client;
import feign.Feign;
import feign.RequestLine;
import feign.Response;
import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An interface that Feign implements; as it comes over {@code HttpURLConnection}. */
public class ByFeign implements Delegating {

  /** Public, as the library wants it. */
  public interface Service {
    @RequestLine("GET")
    Response get(URI url);
  }

  private final Service service;

  public ByFeign() {
    this(new Client.Default(null, null));
  }

  ByFeign(Client client) {
    service = Feign.builder().client(client).target(Service.class, "http://localhost");
  }

  @Override
  public final Answer get(String url) throws IOException {
    URI uri = URI.create(url);
    try (Response response = service.get(uri)) {
      Map<String, String> headers = new HashMap<>();
      response
          .headers()
          .forEach(
              (name, values) ->
                  headers.put(name.toLowerCase(Locale.ROOT), values.iterator().next()));
      return new Answer(response.status(), uri, headers, bytes(response.body()));
    }
  }

  private static byte[] bytes(Response.@Nullable Body body) throws IOException {
    if (body == null) {
      return new byte[0];
    }
    try (InputStream in = body.asInputStream()) {
      return in.readAllBytes();
    }
  }
}
