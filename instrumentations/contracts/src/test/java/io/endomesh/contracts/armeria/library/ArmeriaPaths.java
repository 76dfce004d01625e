package io.endomesh.contracts.armeria.library;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.endomesh.testkit.ServerUnderTest;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * A server of Armeria with two services, {@code /admin} and {@code /public} with all below them.
 * Thread-safe.
 */
public final class ArmeriaPaths implements ServerUnderTest {

  static {
    // Newer versions wait three seconds for the caller to close first.
    System.setProperty("com.linecorp.armeria.defaultHttp1ConnectionCloseDelayMillis", "0");
  }

  private final Server server;

  public ArmeriaPaths() {
    ServerBuilder builder = Server.builder().http(new InetSocketAddress("127.0.0.1", 0));
    for (String name : new String[] {"admin", "public"}) {
      builder.service("/" + name, (context, request) -> answer(context.path(), name));
      builder.serviceUnder("/" + name, (context, request) -> answer(context.path(), name));
    }
    server = builder.build();
    server.start().join();
  }

  private static HttpResponse answer(String path, String name) {
    return HttpResponse.of(
        ResponseHeaders.of(
            HttpStatus.OK,
            "x-application",
            name,
            "x-path",
            URLEncoder.encode(path, StandardCharsets.UTF_8)));
  }

  @Override
  public int port() {
    return server.activeLocalPort();
  }

  @Override
  public void close() {
    Stopping.of(server);
  }
}
