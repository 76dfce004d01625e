package io.endomesh.dataplane.explain;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What arrives of an {@link ExplainedRequest}: as it is sent now, with the caller's identity. A
 * view of it.
 *
 * @param caller SPIFFE id that the connection proves, null on plaintext
 */
record ArrivedRequest(
    ExplainedRequest sent, @Nullable String caller, @Nullable String remoteAddress, int localPort)
    implements InboundRequest {

  @Override
  public Protocol protocol() {
    return sent.protocol();
  }

  @Override
  public String authority() {
    return sent.sentAuthority();
  }

  @Override
  public String method() {
    return sent.method();
  }

  @Override
  public String path() {
    String target = sent.sentTarget();
    int question = target.indexOf('?');
    return question < 0 ? target : target.substring(0, question);
  }

  @Override
  public @Nullable String query() {
    String target = sent.sentTarget();
    int question = target.indexOf('?');
    return question < 0 ? null : target.substring(question + 1);
  }

  @Override
  public @Nullable String header(String name) {
    return HeaderValues.joined(name, sent.sentHeaders().getOrDefault(name, List.of()));
  }

  @Override
  public Iterable<String> headerNames() {
    return sent.sentHeaders().keySet();
  }

  /** There is no application that would see it. */
  @Override
  public void setHeader(String name, String value) {}

  /** Likewise. */
  @Override
  public void removeHeader(String name) {}

  @Override
  public boolean replayable() {
    return true;
  }

  @Override
  public List<String> peerIdentities() {
    return caller == null ? List.of() : List.of(caller);
  }
}
