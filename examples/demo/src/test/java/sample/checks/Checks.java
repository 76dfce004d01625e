package sample.checks;

import com.google.rpc.Code;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * An authorization server that knows nothing of a mesh: whoever shows the token {@code good} may,
 * and the application is told who it is in its place. Of paths that end with {@code /hang} it says
 * nothing. It ends with its input.
 */
final class Checks extends AuthorizationGrpc.AuthorizationImplBase {

  private Checks() {}

  /**
   * @param args not used
   */
  public static void main(String[] args) throws IOException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Checks())
            .build()
            .start();
    System.out.println("serving " + server.getPort());
    while (System.in.read() >= 0) {
      // Nothing is said to it but that it may end.
    }
    server.shutdownNow();
  }

  @Override
  public void check(CheckRequest request, StreamObserver<CheckResponse> responses) {
    AttributeContext attributes = request.getAttributes();
    AttributeContext.HttpRequest http = attributes.getRequest().getHttp();
    if (http.getPath().endsWith("/hang")) {
      return;
    }
    boolean good = "good".equals(http.getHeadersMap().get("x-token"));
    responses.onNext(good ? allowed(attributes.getSource().getPrincipal()) : denied());
    responses.onCompleted();
  }

  private static CheckResponse allowed(String caller) {
    return CheckResponse.newBuilder()
        .setStatus(Status.newBuilder().setCode(Code.OK_VALUE))
        .setOkResponse(
            OkHttpResponse.newBuilder()
                .addHeaders(header("x-user", caller))
                .addHeadersToRemove("x-token")
                .addResponseHeadersToAdd(header("x-checked", "yes")))
        .build();
  }

  private static CheckResponse denied() {
    return CheckResponse.newBuilder()
        .setStatus(Status.newBuilder().setCode(Code.UNAUTHENTICATED_VALUE))
        .setDeniedResponse(
            DeniedHttpResponse.newBuilder()
                .setStatus(HttpStatus.newBuilder().setCode(StatusCode.Unauthorized))
                .addHeaders(header("www-authenticate", "Token"))
                .setBody("a token, please"))
        .build();
  }

  private static HeaderValueOption header(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
        .build();
  }
}
