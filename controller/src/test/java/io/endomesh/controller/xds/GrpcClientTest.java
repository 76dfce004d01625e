package io.endomesh.controller.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.TestWorkload;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.xds.XdsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** gRPC's own xDS client, which nobody here wrote, is led by this controller. */
class GrpcClientTest {

  private static final MethodDescriptor<String, String> WHO =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("test.Stock/Who")
          .setRequestMarshaller(new Text())
          .setResponseMarshaller(new Text())
          .build();

  @TempDir Path dataDir;

  @Test
  void channel_xdsTarget_followsRoutesAndSplits() throws Exception {
    Server one = server("v1");
    Server two = server("v2");
    try (Controller controller = Controller.start(ControllerOptions.onFreePort(dataDir));
        TestWorkload first = TestWorkload.start(controller, dataDir, "shop", "stock", "stock-1");
        TestWorkload second = TestWorkload.start(controller, dataDir, "shop", "stock", "stock-2")) {
      first.join(Map.of("version", "v1"), one.getPort());
      second.join(Map.of("version", "v2"), two.getPort());
      TestWorkload.http(
          controller,
          "POST",
          "/api/v1/apply",
          """
          apiVersion: v1
          kind: Service
          metadata: {name: stock-v2, namespace: shop}
          spec: {selector: {app: stock, version: v2}}
          ---
          apiVersion: gateway.networking.k8s.io/v1
          kind: GRPCRoute
          metadata: {name: stock, namespace: shop}
          spec:
            parentRefs: [{kind: Service, group: "", name: stock}]
            rules:
            - matches: [{headers: [{name: x-canary, value: "1"}]}]
              backendRefs: [{name: stock-v2}]
            - backendRefs: [{name: stock}]
              timeouts: {request: 5s}
              retry: {codes: [503], attempts: 1}
          """,
          Map.of());
      System.setProperty(
          "io.grpc.xds.bootstrapConfig",
          """
          {"xds_servers":[{"server_uri":"127.0.0.1:%d","channel_creds":[{"type":"insecure"}],
            "server_features":["xds_v3"]}],
           "node":{"id":"client-1","metadata":{"NAMESPACE":"shop"}}}
          """
              .formatted(controller.address().getPort()));
      ManagedChannel channel =
          Grpc.newChannelBuilder(
                  "xds:///stock", XdsChannelCredentials.create(InsecureChannelCredentials.create()))
              .build();
      try {
        Map<String, Integer> answers = new TreeMap<>();
        for (int i = 0; i < 20; i++) {
          answers.merge(
              ClientCalls.blockingUnaryCall(
                  channel,
                  WHO,
                  CallOptions.DEFAULT.withWaitForReady().withDeadlineAfter(20, TimeUnit.SECONDS),
                  ""),
              1,
              Integer::sum);
        }
        assertThat(answers).containsOnlyKeys("v1", "v2");
      } finally {
        channel.shutdownNow();
      }
    } finally {
      one.shutdownNow();
      two.shutdownNow();
    }
  }

  private static Server server(String answer) throws Exception {
    return NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
        .addService(
            ServerServiceDefinition.builder("test.Stock")
                .addMethod(
                    WHO,
                    ServerCalls.asyncUnaryCall(
                        (request, out) -> {
                          out.onNext(answer);
                          out.onCompleted();
                        }))
                .build())
        .build()
        .start();
  }

  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
