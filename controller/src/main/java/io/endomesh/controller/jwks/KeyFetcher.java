package io.endomesh.controller.jwks;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.ResponseTimeoutException;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.SessionProtocol;
import io.endomesh.controller.kinds.KeySource;
import io.endomesh.dataplane.token.InvalidToken;
import io.endomesh.dataplane.token.KeySet;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Asks issuers for their keys: over verified TLS, without following redirects, for a bounded time
 * and a bounded answer. Thread-safe.
 */
final class KeyFetcher implements AutoCloseable {

  /** In all, from the first byte to the last. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Large issuers have 10 KB. Every workload that takes their tokens holds it. */
  private static final int MAX_BYTES = 64 * 1024;

  /** OpenID Connect Discovery 1.0, 4: behind the path of the issuer. */
  private static final String DISCOVERY = "/.well-known/openid-configuration";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private final AddressGuard guard;
  private final ClientFactory clients;

  /**
   * @throws IOException if the certificates of authorities cannot be read
   */
  KeyFetcher(KeyFetchOptions options) throws IOException {
    this.guard = new AddressGuard(options.allowed());
    ClientFactoryBuilder builder =
        ClientFactory.builder().connectTimeout(TIMEOUT).idleTimeout(Duration.ofSeconds(10));
    Path authorities = options.authorities();
    if (authorities != null) {
      TrustManagerFactory trust = trust(authorities);
      builder.tlsCustomizer(tls -> tls.trustManager(trust));
    }
    this.clients = builder.build();
  }

  /** A JWK Set with keys that verify tokens. */
  String fetch(KeySource source) throws KeyFetchException {
    String jwks = get(source instanceof KeySource.At at ? at.address() : discover(source));
    try {
      if (KeySet.of(jwks).size() > 0) {
        return jwks;
      }
    } catch (InvalidToken e) {
      throw new KeyFetchException(String.valueOf(e.getMessage()));
    }
    throw new KeyFetchException("no key that verifies tokens (expected: RSA, EC or Ed25519)");
  }

  private String discover(KeySource source) throws KeyFetchException {
    String issuer = source.address();
    JsonNode found;
    try {
      found =
          JSON.readTree(
              get(
                  (issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer)
                      + DISCOVERY));
    } catch (JsonProcessingException e) {
      throw new KeyFetchException("what it says of itself is no JSON");
    }
    // 4.3: one issuer must not speak for another.
    if (!found.path("issuer").asText().equals(issuer)) {
      throw new KeyFetchException("it says it is another issuer (expected: its own name)");
    }
    return found.path("jwks_uri").asText();
  }

  private String get(String address) throws KeyFetchException {
    String problem = KeySource.problem(address);
    if (problem != null) {
      throw new KeyFetchException("its keys are at no address to ask (" + problem + ")");
    }
    URI uri = URI.create(address);
    String host = uri.getHost();
    InetAddress asked =
        guard.resolve(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
    Endpoint endpoint =
        Endpoint.of(host, uri.getPort() < 0 ? SessionProtocol.HTTPS.defaultPort() : uri.getPort())
            .withIpAddr(asked.getHostAddress());
    WebClient client =
        WebClient.builder(SessionProtocol.HTTPS, endpoint)
            .factory(clients)
            .responseTimeout(TIMEOUT)
            .maxResponseLength(MAX_BYTES)
            .build();
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    AggregatedHttpResponse answer;
    try {
      answer =
          client
              .get(uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery())
              .aggregate()
              .join();
    } catch (CompletionException e) {
      throw new KeyFetchException(why(e.getCause()));
    }
    if (!answer.status().equals(HttpStatus.OK)) {
      throw new KeyFetchException(
          "it answered " + answer.status().code() + " (expected: 200; redirects are not followed)");
    }
    return answer.contentUtf8();
  }

  private static String why(@Nullable Throwable cause) {
    if (cause instanceof ContentTooLargeException) {
      return "its answer is too long (expected: at most " + MAX_BYTES + " bytes)";
    }
    if (cause instanceof ResponseTimeoutException) {
      return "no answer within " + TIMEOUT.toSeconds() + " s";
    }
    // Of what was answered nothing is told: it may be of something that nobody was to read.
    return "it cannot be reached"
        + (cause == null ? "" : " (" + cause.getClass().getSimpleName() + ")");
  }

  /** Those of the JDK, and these. */
  private static TrustManagerFactory trust(Path authorities) throws IOException {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      TrustManagerFactory ofJdk =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      ofJdk.init((KeyStore) null);
      int number = 0;
      for (X509Certificate certificate :
          Arrays.stream(ofJdk.getTrustManagers())
              .filter(X509TrustManager.class::isInstance)
              .map(X509TrustManager.class::cast)
              .flatMap(manager -> Arrays.stream(manager.getAcceptedIssuers()))
              .toList()) {
        trusted.setCertificateEntry("jdk-" + number++, certificate);
      }
      try (InputStream file = Files.newInputStream(authorities)) {
        for (Certificate certificate :
            CertificateFactory.getInstance("X.509").generateCertificates(file)) {
          trusted.setCertificateEntry("own-" + number++, certificate);
        }
      }
      TrustManagerFactory both =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      both.init(trusted);
      return both;
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "--jwks-ca: " + authorities + " (expected: certificates in PEM): " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    clients.closeAsync();
  }
}
