package io.endomesh.instrumentation.grpc.okhttp;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/** gRPC's OkHttp transport: connections of channels. Immutable. */
public final class GrpcOkHttpInstrumentation extends Instrumentation {

  private static final String GRPC_OKHTTP = "io.grpc.okhttp.";
  private static final String ADVICE = "io.endomesh.instrumentation.grpc.okhttp.";

  @Override
  public String name() {
    return "grpc-okhttp";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(GRPC_OKHTTP + "OkHttpChannelBuilder$OkHttpTransportFactory")
            .constructor()
            .takingAtLeast(1)
            .advice(ADVICE + "TransportFactoryAdvice"),
        Weave.types(GRPC_OKHTTP + "OkHttpClientTransport")
            .method("start")
            .takingAtLeast(1)
            .advice(ADVICE + "StartAdvice"));
  }
}
