package io.endomesh.dataplane.database;

import io.endomesh.dataplane.OutboundRequest;
import io.endomesh.dataplane.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * The opening of a connection as the mesh sees it: a host, and whether it only reads. Immutable.
 *
 * @param authority as the application wrote it, with the port if it names one
 * @param readOnly true if the application says that nothing will be written
 */
public record ConnectRequest(String authority, boolean readOnly) implements OutboundRequest {

  /** What routes to replicas ask for; the controller makes them so. */
  private static final String READ_ONLY_HEADER = "endomesh-read-only";

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
    return readOnly && name.equals(READ_ONLY_HEADER) ? "true" : null;
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
