package io.endomesh.contracts.vertx;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.testkit.Await;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The contract on one version of the server since 5, which can end gracefully. */
abstract class Vertx5ServerVersion extends VertxServerVersion {

  @Test
  void gracefulShutdown_takesThePortBack_andServesWhatIsUnderWay() throws Exception {
    int port = server.port();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nx"
              .getBytes(US_ASCII));
      Await.until("begin of the call", () -> begun.get() == 1);

      CompletableFuture<Boolean> stopping =
          CompletableFuture.supplyAsync(
              () -> ((VertxServer) server).shutDown(),
              task -> new Thread(task, "stopping").start());

      Await.until("closed port", () -> ports.contains("closed " + port));
      assertThat(ended).isEmpty();
      out.write('x');
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(stopping.get(10, TimeUnit.SECONDS)).isTrue();
    }
    Await.until("end of the call", () -> ended.equals(List.of(200)));
  }
}
