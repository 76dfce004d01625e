package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.OutboundRequest;
import io.endomesh.dataplane.Protocol;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/** An outgoing gRPC call as the mesh sees it. Not thread-safe. */
final class GrpcRequest implements OutboundRequest {

  private final String authority;
  private final String path;
  private final Metadata original;
  private Metadata headers;
  private boolean replayable;
  private @Nullable String sentMethod;
  private @Nullable String sentAuthority;

  GrpcRequest(String authority, String fullMethodName, Metadata headers, boolean replayable) {
    this.authority = authority;
    this.path = "/" + fullMethodName;
    this.original = headers;
    this.headers = headers;
    this.replayable = replayable;
  }

  /** Headers of their own for each attempt: policies, gRPC and telemetry add to them. */
  @Override
  public void restore() {
    headers = new Metadata();
    headers.merge(original);
    sentMethod = null;
    sentAuthority = null;
  }

  /** What the next attempt sends. */
  Metadata headers() {
    return headers;
  }

  /** {@code package.Service/Method} in place of the application's, or null. */
  @Nullable String sentMethod() {
    return sentMethod;
  }

  /** In place of the application's, or null. */
  @Nullable String sentAuthority() {
    return sentAuthority;
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
  public void addHeader(String name, String value) {
    MetadataText.add(headers, name, value);
  }

  @Override
  public void removeHeader(String name) {
    MetadataText.remove(headers, name);
  }

  @Override
  public void rewriteTarget(String target) {
    sentMethod = target.substring(1);
  }

  @Override
  public void rewriteAuthority(String authority) {
    sentAuthority = authority;
  }

  @Override
  public boolean replayable() {
    return replayable;
  }
}
