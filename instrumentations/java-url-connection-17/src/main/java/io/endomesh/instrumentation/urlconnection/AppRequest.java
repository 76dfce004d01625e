package io.endomesh.instrumentation.urlconnection;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.identity.ClientTls;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * What the application asks for. Immutable; nobody writes into the body any more.
 *
 * @param properties as they were set and added, in their order
 * @param body null if it writes none, or streams it
 */
record AppRequest(
    URL url, String method, List<Property> properties, Settings settings, byte @Nullable [] body) {

  /** Those that {@code setRequestMethod} takes. */
  private static final Set<String> METHODS =
      Set.of("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE");

  /** A call of {@code addRequestProperty}, or of {@code setRequestProperty}. */
  record Property(boolean added, String name, @Nullable String value) {}

  /**
   * How the JDK is to go about it.
   *
   * @param proxy that the application named, null for that of the JVM's settings
   * @param connectMillis negative if not set
   * @param readMillis negative if not set
   * @param fixedLength of a streamed body, negative if it has none
   * @param chunkLength of a streamed body, negative if it has none
   * @param tls null for http URLs
   */
  record Settings(
      @Nullable Proxy proxy,
      @Nullable Authenticator authenticator,
      int connectMillis,
      int readMillis,
      boolean useCaches,
      boolean allowUserInteraction,
      long ifModifiedSince,
      long fixedLength,
      int chunkLength,
      @Nullable AppTls tls) {

    boolean streams() {
      return fixedLength >= 0 || chunkLength >= 0;
    }
  }

  AppRequest {
    properties = List.copyOf(properties);
  }

  /** All values of a header, in their order. */
  List<String> values(String name) {
    List<String> values = new ArrayList<>();
    for (Property property : properties) {
      if (property.name().equalsIgnoreCase(name)) {
        if (!property.added()) {
          values.clear();
        }
        if (property.value() != null) {
          values.add(property.value());
        }
      }
    }
    return values;
  }

  /** The method if the JDK knows no such, and it is to be put on the wire behind its back. */
  @Nullable String unknownMethod() {
    return METHODS.contains(method) ? null : method;
  }

  /** A connection of the JDK's that asks for it as if there were no mesh. */
  HttpURLConnection open() throws IOException {
    return open(settings.proxy(), settings.authenticator(), null);
  }

  /** One that asks an endpoint for it. */
  HttpURLConnection open(Attempt attempt, @Nullable Authenticator authenticator)
      throws IOException {
    return open(Proxy.NO_PROXY, authenticator, attempt.tls());
  }

  /** Follows no redirects by itself. */
  private HttpURLConnection open(
      @Nullable Proxy proxy, @Nullable Authenticator authenticator, @Nullable ClientTls mesh)
      throws IOException {
    HttpURLConnection connection = Opened.byJdk(url, proxy);
    if (settings.tls() != null) {
      settings.tls().applyTo(connection, mesh);
    }
    connection.setInstanceFollowRedirects(false);
    connection.setRequestMethod(methodOfJdk());
    for (Property property : properties) {
      if (property.added()) {
        connection.addRequestProperty(property.name(), property.value());
      } else {
        connection.setRequestProperty(property.name(), property.value());
      }
    }
    connection.setUseCaches(settings.useCaches());
    connection.setAllowUserInteraction(settings.allowUserInteraction());
    connection.setIfModifiedSince(settings.ifModifiedSince());
    if (authenticator != null) {
      connection.setAuthenticator(authenticator);
    }
    if (settings.connectMillis() >= 0) {
      connection.setConnectTimeout(settings.connectMillis());
    }
    if (settings.readMillis() >= 0) {
      connection.setReadTimeout(settings.readMillis());
    }
    connection.setDoOutput(body != null || settings.streams());
    if (settings.fixedLength() >= 0) {
      connection.setFixedLengthStreamingMode(settings.fixedLength());
    } else if (settings.chunkLength() >= 0) {
      connection.setChunkedStreamingMode(settings.chunkLength());
    }
    return connection;
  }

  /** What its connections are told apart by if TLS is the application's, else null. */
  @Nullable SSLSocketFactory ownTls(Attempt attempt) {
    return settings.tls() == null || attempt.tls() != null ? null : settings.tls().sockets();
  }

  private String methodOfJdk() throws ProtocolException {
    if (unknownMethod() == null) {
      return method;
    }
    return body == null && !settings.streams() ? "GET" : "POST";
  }

  void writeBody(HttpURLConnection connection) throws IOException {
    if (body != null) {
      OutputStream out = connection.getOutputStream();
      out.write(body);
    }
  }
}
