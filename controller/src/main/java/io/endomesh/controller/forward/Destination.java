package io.endomesh.controller.forward;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import io.endomesh.controller.jwks.IssuerClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** One address that takes reports. Thread-safe. */
final class Destination implements AutoCloseable {

  /** Default of OTEL_EXPORTER_OTLP_TIMEOUT. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** What did not go well is a few words. */
  private static final int MAX_ANSWER_BYTES = 64 << 10;

  private final URI address;
  private final MediaType type;
  private final Map<String, String> headers;
  private final ClientFactory clients;
  private final WebClient client;

  /**
   * @param authorities trusted besides the JDK's; null: none
   * @throws IOException if they cannot be read
   */
  Destination(URI address, MediaType type, Map<String, String> headers, @Nullable Path authorities)
      throws IOException {
    this(address, type, headers, authorities, TIMEOUT);
  }

  Destination(
      URI address,
      MediaType type,
      Map<String, String> headers,
      @Nullable Path authorities,
      Duration timeout)
      throws IOException {
    this.address = address;
    this.type = type;
    this.headers = headers;
    ClientFactoryBuilder builder = ClientFactory.builder().connectTimeout(CONNECT_TIMEOUT);
    if (authorities != null) {
      TrustManagerFactory trust = IssuerClient.trust(authorities, "--otlp");
      builder.tlsCustomizer(tls -> tls.trustManager(trust));
    }
    this.clients = builder.build();
    this.client =
        WebClient.builder()
            .factory(clients)
            .responseTimeout(timeout)
            .writeTimeout(timeout)
            .maxResponseLength(MAX_ANSWER_BYTES)
            .build();
  }

  /** Without what proves who sends. */
  @Override
  public String toString() {
    return address.toString();
  }

  /** Waits for the answer. */
  Delivery send(byte[] body) {
    RequestHeadersBuilder request =
        RequestHeaders.builder(HttpMethod.POST, address.toString()).contentType(type);
    headers.forEach(request::set);
    try {
      return Delivery.of(
          client.execute(request.build(), HttpData.wrap(body)).aggregate().join().status().code());
    } catch (RuntimeException e) {
      // Whatever it is: the thread that sends goes on.
      Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
      return Delivery.later("no answer (" + cause.getClass().getSimpleName() + ")");
    }
  }

  @Override
  public void close() {
    clients.close();
  }
}
