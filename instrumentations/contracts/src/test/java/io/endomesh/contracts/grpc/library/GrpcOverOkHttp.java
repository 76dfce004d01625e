package io.endomesh.contracts.grpc.library;

import io.endomesh.testkit.GrpcUnderTest;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;

/** The same with channels of the OkHttp transport; the servers are Netty's. Immutable. */
public final class GrpcOverOkHttp implements GrpcUnderTest {

  @Override
  public Server serve(String name) throws IOException {
    return new EchoServer(name);
  }

  @Override
  public Client connect(String target) {
    return new EchoClient(OkHttpChannelBuilder.forTarget(target).usePlaintext().build());
  }
}
