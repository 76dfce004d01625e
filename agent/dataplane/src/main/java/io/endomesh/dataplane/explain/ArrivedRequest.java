package io.endomesh.dataplane.explain;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What arrives of an {@link ExplainedRequest}: as it was sent, with the caller's identity. */
final class ArrivedRequest implements InboundRequest {

  private final Protocol protocol;
  private final String method;
  private final String authority;
  private final String path;
  private final @Nullable String query;
  private final Map<String, List<String>> headers;
  private final List<String> peerIdentities;
  private final @Nullable String remoteAddress;
  private final int localPort;

  /**
   * @param caller SPIFFE id that the connection proves, null on plaintext
   */
  ArrivedRequest(
      ExplainedRequest sent,
      @Nullable String caller,
      @Nullable String remoteAddress,
      int localPort) {
    this.protocol = sent.protocol();
    this.method = sent.method();
    this.authority = sent.sentAuthority();
    String target = sent.sentTarget();
    int question = target.indexOf('?');
    this.path = question < 0 ? target : target.substring(0, question);
    this.query = question < 0 ? null : target.substring(question + 1);
    this.headers = Map.copyOf(sent.sentHeaders());
    this.peerIdentities = caller == null ? List.of() : List.of(caller);
    this.remoteAddress = remoteAddress;
    this.localPort = localPort;
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

  @Override
  public boolean replayable() {
    return true;
  }

  @Override
  public List<String> peerIdentities() {
    return peerIdentities;
  }

  @Override
  public @Nullable String remoteAddress() {
    return remoteAddress;
  }

  @Override
  public int localPort() {
    return localPort;
  }
}
