package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Request;
import org.jspecify.annotations.Nullable;

/** The opening of a connection as the mesh sees it: a host, and nothing to match on. Immutable. */
record ConnectRequest(String authority) implements Request {

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

  /** A database connection carries no headers. */
  @Override
  public void setHeader(String name, String value) {}

  @Override
  public boolean replayable() {
    return true;
  }
}
