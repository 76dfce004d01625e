package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.cluster.Endpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Bodies on their way through the mesh are not gathered there. */
abstract class HttpClientStreamContract extends HttpClientLimitContract {

  @Test
  void body_of100Megabytes_goesOutNoFasterThanItIsRead() throws Exception {
    LargeBody body = new LargeBody();
    Backend orders =
        open(
            Backend.mutualTls("orders", "orders")
                .handling(
                    exchange -> {
                      exchange.getRequestBody().transferTo(body.drain());
                      exchange.sendResponseHeaders(204, -1);
                    }));
    routes.host("orders", orders.endpoint());

    assertThat(stream("http://orders/", body.source()).status()).isEqualTo(204);

    assertThat(body.arrived()).isEqualTo(LargeBody.SIZE);
    assertThat(body.most()).isLessThan(LargeBody.BOUND);
  }

  @Test
  void answer_of100Megabytes_comesNoFasterThanItIsRead() throws Exception {
    LargeBody body = new LargeBody();
    Backend orders =
        open(
            Backend.mutualTls("orders", "orders")
                .handling(
                    exchange -> {
                      exchange.sendResponseHeaders(200, LargeBody.SIZE);
                      body.source().transferTo(exchange.getResponseBody());
                    }));
    Endpoint endpoint = orders.endpoint();
    routes.host("orders", endpoint);

    assertThat(download("http://orders/", body.drain())).isEqualTo(200);

    assertThat(body.arrived()).isEqualTo(LargeBody.SIZE);
    assertThat(body.most()).isLessThan(LargeBody.BOUND);
    Await.until("end of the attempt", () -> endpoint.load().inFlight() == 0);
  }

  @Test
  void answer_thatIsNotWhole_isHandedOverAsFarAsItCame() throws Exception {
    CountDownLatch came = new CountDownLatch(1);
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      routes.host("orders", TestRoutes.endpoint(server.getLocalPort(), null));
      Thread serving = new Thread(() -> serveInTwo(server, came), "serving");
      serving.setDaemon(true);
      serving.start();

      int status =
          download(
              "http://orders/",
              new OutputStream() {
                @Override
                public void write(int first) {
                  came.countDown();
                }
              });

      assertThat(status).isEqualTo(200);
    }
  }

  /** The second byte goes when the application has the first. */
  private static void serveInTwo(ServerSocket server, CountDownLatch firstCame) {
    try (Socket connection = server.accept()) {
      ScriptedServer.readHead(connection.getInputStream());
      OutputStream out = connection.getOutputStream();
      out.write(
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1".getBytes(StandardCharsets.US_ASCII));
      if (firstCame.await(10, TimeUnit.SECONDS)) {
        out.write('2');
      }
    } catch (IOException e) {
      // The client tells what it has not got.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
