package io.endomesh.instrumentation.grpc.netty;

import java.util.Map;

/** The same transport as grpc-netty-shaded has it, with a Netty of its own. */
public final class GrpcNettyShadedInstrumentation extends GrpcNettyInstrumentation {

  private static final String SHADED = "io.grpc.netty.shaded.";

  public GrpcNettyShadedInstrumentation() {
    super(SHADED + "io.grpc.netty.");
  }

  @Override
  public String name() {
    return "grpc-netty-shaded";
  }

  @Override
  public Map<String, String> relocations() {
    return Map.of(
        "io.grpc.netty.", SHADED + "io.grpc.netty.",
        "io.netty.", SHADED + "io.netty.");
  }
}
