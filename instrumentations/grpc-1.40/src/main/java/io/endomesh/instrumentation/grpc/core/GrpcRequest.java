package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Request;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/** An outgoing gRPC call as the mesh sees it. Not thread-safe. */
final class GrpcRequest implements Request {

  private final String authority;
  private final String path;
  private final Metadata original;
  private Metadata headers;
  private boolean replayable;

  GrpcRequest(String authority, String fullMethodName, Metadata headers, boolean replayable) {
    this.authority = authority;
    this.path = "/" + fullMethodName;
    this.original = headers;
    this.headers = headers;
    this.replayable = replayable;
  }

  /** Headers of their own for the next attempt: gRPC and telemetry add to them. */
  Metadata freshHeaders() {
    headers = new Metadata();
    headers.merge(original);
    return headers;
  }

  /** The application has got part of an answer, or a message cannot be sent twice. */
  void notReplayable() {
    replayable = false;
  }

  @Override
  public Protocol protocol() {
    return Protocol.GRPC;
  }

  @Override
  public String authority() {
    return authority;
  }

  @Override
  public String method() {
    return "POST";
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String header(String name) {
    return MetadataText.get(headers, name);
  }

  @Override
  public void setHeader(String name, String value) {
    MetadataText.set(headers, name, value);
  }

  @Override
  public boolean replayable() {
    return replayable;
  }
}
