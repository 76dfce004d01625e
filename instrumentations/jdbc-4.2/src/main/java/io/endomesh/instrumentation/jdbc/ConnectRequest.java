package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.OutboundRequest;
import io.endomesh.dataplane.Protocol;
import org.jspecify.annotations.Nullable;

/** The opening of a connection as the mesh sees it: a host, and nothing to match on. Immutable. */
record ConnectRequest(String authority) implements OutboundRequest {

  @Override
  public Protocol protocol() {
    return Protocol.TCP;
  }

  @Override
  public String method() {
    return "CONNECT";
  }

  @Override
  public String path() {
    return "/";
  }

  @Override
  public @Nullable String header(String name) {
    return null;
  }

  // A connection carries no headers and asks for no path: there is nothing to change.

  @Override
  public void setHeader(String name, String value) {}

  @Override
  public void addHeader(String name, String value) {}

  @Override
  public void removeHeader(String name) {}

  @Override
  public void restore() {}

  @Override
  public void rewriteTarget(String target) {}

  @Override
  public void rewriteAuthority(String authority) {}

  @Override
  public boolean replayable() {
    return true;
  }
}
