package io.endomesh.controller.jwks;

import io.endomesh.controller.kinds.KeySource;
import io.endomesh.dataplane.identity.PeerTrust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;

/**
 * Asks an address that somebody else named: over verified TLS, of public addresses and those that
 * are allowed. Thread-safe.
 */
public final class HttpsGet implements AutoCloseable {

  private static final int OK = 200;

  private final AddressGuard guard;
  private final IssuerClient client;

  /**
   * @param option prefix of the options that say what is allowed, {@code --jwks}
   * @param maxBytes of an answer
   * @throws IOException if the certificates of authorities cannot be read
   */
  public HttpsGet(KeyFetchOptions options, String option, int maxBytes) throws IOException {
    this.guard = new AddressGuard(options.allowed(), option);
    this.client = new IssuerClient(options.authorities(), option, maxBytes);
  }

  /** From whoever proves the name that the address has. */
  public String get(String address) throws KeyFetchException {
    URI uri = uri(address);
    return body(client.get(uri, asked(uri)));
  }

  /** From whoever this trusts, whatever its name. */
  public String get(String address, PeerTrust trust) throws KeyFetchException {
    URI uri = uri(address);
    return body(client.get(uri, asked(uri), trust));
  }

  private static URI uri(String address) throws KeyFetchException {
    String problem = KeySource.problem(address);
    if (problem != null) {
      throw new KeyFetchException("it is at no address to ask (" + problem + ")");
    }
    return URI.create(address);
  }

  private InetAddress asked(URI uri) throws KeyFetchException {
    return guard.resolve(IssuerClient.host(uri));
  }

  private static String body(IssuerClient.Answer answer) throws KeyFetchException {
    if (answer.status() != OK) {
      throw new KeyFetchException(
          "it answered " + answer.status() + " (expected: 200; redirects are not followed)");
    }
    return answer.body();
  }

  @Override
  public void close() {
    client.close();
  }
}
