package io.endomesh.dataplane.explain;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.OutboundRequest;
import io.endomesh.dataplane.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request that is only thought of: it records what the mesh would send. Not thread-safe. */
public final class ExplainedRequest implements OutboundRequest {

  private final Protocol protocol;
  private final String method;
  private final String scheme;
  private final String authority;
  private final String path;
  private final @Nullable String query;
  private final Map<String, List<String>> written = new TreeMap<>();

  private Map<String, List<String>> headers;
  private @Nullable String sentTarget;
  private @Nullable String sentAuthority;

  /**
   * @param target path and query
   * @param headers values by name, which may be in any case
   */
  public ExplainedRequest(
      Protocol protocol,
      String method,
      String scheme,
      String authority,
      String target,
      Map<String, List<String>> headers) {
    this.protocol = protocol;
    this.method = method;
    this.scheme = scheme;
    this.authority = authority;
    int question = target.indexOf('?');
    this.path = question < 0 ? target : target.substring(0, question);
    this.query = question < 0 ? null : target.substring(question + 1);
    headers.forEach(
        (name, values) ->
            this.written
                .computeIfAbsent(name.toLowerCase(Locale.ROOT), none -> new ArrayList<>())
                .addAll(values));
    this.headers = new TreeMap<>(written);
  }

  @Override
  public Protocol protocol() {
    return protocol;
  }

  @Override
  public String authority() {
    return authority;
  }

  @Override
  public String scheme() {
    return scheme;
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String query() {
    return query;
  }

  @Override
  public @Nullable String header(String name) {
    return HeaderValues.joined(name, headers.getOrDefault(name, List.of()));
  }

  /** Asked for with nothing in the body, which can always be sent again. */
  @Override
  public boolean replayable() {
    return true;
  }

  @Override
  public void setHeader(String name, String value) {
    headers.put(name, List.of(value));
  }

  @Override
  public void addHeader(String name, String value) {
    List<String> values = new ArrayList<>(headers.getOrDefault(name, List.of()));
    values.add(value);
    headers.put(name, values);
  }

  @Override
  public void removeHeader(String name) {
    headers.remove(name);
  }

  @Override
  public void restore() {
    headers = new TreeMap<>(written);
    sentTarget = null;
    sentAuthority = null;
  }

  @Override
  public void rewriteTarget(String target) {
    sentTarget = target;
  }

  @Override
  public void rewriteAuthority(String authority) {
    sentAuthority = authority;
  }

  String target() {
    return query == null ? path : path + "?" + query;
  }

  /** Path and query on the wire. */
  String sentTarget() {
    return sentTarget == null ? target() : sentTarget;
  }

  /** Host header or {@code :authority} on the wire. */
  String sentAuthority() {
    return sentAuthority == null ? authority : sentAuthority;
  }

  Map<String, List<String>> writtenHeaders() {
    return written;
  }

  Map<String, List<String>> sentHeaders() {
    return headers;
  }
}
