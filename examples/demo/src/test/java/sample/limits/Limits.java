package sample.limits;

import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A limit server that knows nothing of a mesh: it counts by the configuration of Envoy's rate limit
 * service (github.com/envoyproxy/ratelimit), in memory. To each line of standard input it says how
 * often it was asked; it ends with its input.
 */
final class Limits extends RateLimitServiceGrpc.RateLimitServiceImplBase {

  private final LimitCounts counts;
  private final AtomicInteger asked = new AtomicInteger();

  private Limits(LimitCounts counts) {
    this.counts = counts;
  }

  /**
   * @param args file of the configuration
   */
  public static void main(String[] args) throws Exception {
    Limits limits = new Limits(LimitCounts.of(Files.readString(Path.of(args[0]))));
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(limits)
            .build()
            .start();
    System.out.println("serving " + server.getPort());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      System.out.println("asked " + limits.asked.get());
    }
    server.shutdownNow();
  }

  @Override
  public void shouldRateLimit(
      RateLimitRequest request, StreamObserver<RateLimitResponse> responses) {
    asked.incrementAndGet();
    responses.onNext(counts.count(request));
    responses.onCompleted();
  }
}
