package io.endomesh.instrumentation.jettyclient;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.instrumentation.jettyclient.before10.Content;
import io.endomesh.instrumentation.jettyclient.before10.Library;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpRequest;
import org.eclipse.jetty.client.api.Request;
import org.jspecify.annotations.Nullable;

/**
 * What of a request is another on the wire than for the application. Immutable.
 *
 * @param origin scheme, host and port by which the library knows it
 * @param target path and query
 * @param authority host, null for that of the request
 * @param changes as {@link io.endomesh.dataplane.http.ChangedHeaders#changes} has them
 */
record Wire(
    HttpRequest asked,
    URI origin,
    String target,
    @Nullable String authority,
    Map<String, List<String>> changes) {

  static Wire of(HttpRequest asked, RequestView view, @Nullable ClientTls tls) {
    // TLS of the mesh is begun below the library, which takes it for plaintext.
    boolean hidden = tls != null && view.scheme().equals("https");
    return new Wire(
        asked,
        URI.create(
            (hidden ? "http" : view.scheme()) + "://" + asked.getHost() + ":" + asked.getPort()),
        view.target(),
        view.sentAuthority() == null && hidden ? view.authority() : view.sentAuthority(),
        new HashMap<>(view.changedHeaders()));
  }

  /**
   * The request that the library sends for an attempt: by a connection of its endpoint and TLS, and
   * no further than to the next answer.
   *
   * @param nanosLeft of the application's time for the call
   */
  Request request(HttpClient client, Content content, EndpointTag tag, long nanosLeft) {
    Request sent = client.newRequest(origin).path(target).method(asked.getMethod()).tag(tag);
    Library.copy(asked, sent, changes, authority);
    content.put(sent);
    asked.getAttributes().forEach(sent::attribute);
    if (nanosLeft != Call.NO_TIMEOUT) {
      sent.timeout(NANOSECONDS.toMillis(nanosLeft) + 1, MILLISECONDS);
    }
    return sent.idleTimeout(asked.getIdleTimeout(), MILLISECONDS).followRedirects(false);
  }
}
