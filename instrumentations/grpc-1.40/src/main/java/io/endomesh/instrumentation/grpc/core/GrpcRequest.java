package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.OutboundRequest;
import io.endomesh.dataplane.Protocol;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** An outgoing gRPC call as the mesh sees it. Not thread-safe. */
final class GrpcRequest implements OutboundRequest {

  private final String authority;
  private final String path;
  private final Metadata original;
  private Metadata headers;
  private final LongSupplier nanosLeft;
  private boolean replayable;
  private @Nullable String sentMethod;
  private @Nullable String sentAuthority;

  /**
   * @param nanosLeft until the application's own deadline
   */
  GrpcRequest(
      String authority,
      String fullMethodName,
      Metadata headers,
      boolean replayable,
      LongSupplier nanosLeft) {
    this.authority = authority;
    this.path = "/" + fullMethodName;
    this.original = headers;
    this.headers = headers;
    this.replayable = replayable;
    this.nanosLeft = nanosLeft;
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

  /** The method to call: the application's, under the name it is sent by. */
  <Q, R> MethodDescriptor<Q, R> sent(MethodDescriptor<Q, R> method) {
    return sentMethod == null ? method : method.toBuilder().setFullMethodName(sentMethod).build();
  }

  /** The application's options, with the authority that is sent. */
  CallOptions sent(CallOptions options) {
    return sentAuthority == null ? options : options.withAuthority(sentAuthority);
  }

  @Override
  public long nanosLeft() {
    return nanosLeft.getAsLong();
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
