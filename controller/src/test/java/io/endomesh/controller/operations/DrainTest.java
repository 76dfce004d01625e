package io.endomesh.controller.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.TestWorkload;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a controller ends that is asked to, as a process. */
@Timeout(120)
class DrainTest {

  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: orders, namespace: shop}
      spec: {selector: {app: orders}}
      """;

  @TempDir Path directory;

  @Test
  void terminated_requestInFlight_isNotReadyAndFinishesIt() throws Exception {
    try (ControllerJvm controller = ControllerJvm.start(directory, "--drain-timeout=PT60S");
        Socket write = new Socket("127.0.0.1", controller.port);
        Socket probe = new Socket("127.0.0.1", controller.port)) {
      assertThat(ask(probe, "/readyz")).contains("200").contains("\"ready\":true");
      String half = SERVICE.substring(0, 40);
      send(
          write,
          "POST /api/v1/apply HTTP/1.1\r\nhost: localhost\r\nx-endomesh-request: t\r\n"
              + "content-type: application/yaml\r\nexpect: 100-continue\r\ncontent-length: "
              + SERVICE.length()
              + "\r\n\r\n");
      // It is in flight, beyond doubt.
      assertThat(head(write)).contains("100");
      send(write, half);

      controller.process.destroy();
      String answer = ask(probe, "/readyz");
      while (answer.contains("\"ready\":true")) {
        answer = ask(probe, "/readyz");
      }

      assertThat(answer).contains(" 503").contains("\"serving\":false", "\"store\":true");
      assertThat(controller.process.isAlive()).isTrue();
      send(write, SERVICE.substring(40));
      assertThat(answer(write)).contains(" 200").contains("orders");
      assertThat(controller.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(() -> new Socket("127.0.0.1", controller.port))
          .isInstanceOf(ConnectException.class);
    }
    try (ControllerJvm again = ControllerJvm.start(directory)) {
      assertThat(again.get("/api/v1/namespaces/shop/services/orders").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void terminated_requestThatNeverEnds_isWaitedForAsLongAsSaid() throws Exception {
    try (ControllerJvm controller = ControllerJvm.start(directory, "--drain-timeout=PT1S");
        Socket write = new Socket("127.0.0.1", controller.port)) {
      send(
          write,
          "POST /api/v1/apply HTTP/1.1\r\nhost: localhost\r\nx-endomesh-request: t\r\n"
              + "content-type: application/yaml\r\nexpect: 100-continue\r\ncontent-length: 900\r\n\r\n");
      assertThat(head(write)).contains("100");

      controller.process.destroy();

      assertThat(controller.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void closed_agentsAndConsoles_areToldAndDoNotHoldItUp() throws Exception {
    ControllerOptions options =
        TestWorkload.patientController(directory).drainingFor(Duration.ofMinutes(2));
    Controller controller = Controller.start(options);
    try (TestWorkload workload =
            TestWorkload.start(controller, directory, "shop", "orders", "orders-1");
        Socket console = new Socket("127.0.0.1", controller.address().getPort())) {
      workload.join(Map.of(), 18080);
      send(console, "GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\n\r\n");
      assertThat(head(console)).contains(" 200");

      // Within the time-out of the test, which is shorter than the drain's.
      controller.close();

      Object last = workload.answers.poll(10, TimeUnit.SECONDS);
      while (!(last instanceof Throwable) && last != null) {
        last = workload.answers.poll(10, TimeUnit.SECONDS);
      }
      assertThat(String.valueOf(last)).contains("UNAVAILABLE").contains("the controller stops");
    } finally {
      controller.close();
    }
  }

  @Test
  void controller_optionsOutOfBounds_saysWhatIsExpected() {
    assertThatThrownBy(
            () -> ControllerOptions.onFreePort(directory).drainingFor(Duration.ofHours(1)))
        .hasMessage("drain-timeout: PT1H (expected: from PT0S to PT10M)");
  }

  @Test
  void readyz_workloadsAwaited_namesTheCheck() {
    Readiness readiness =
        new Readiness(
            () -> {
              throw new IllegalStateException("closed");
            },
            () -> false,
            () -> true);

    JsonNode body = readiness.json();

    assertThat(body.toString())
        .isEqualTo(
            "{\"ready\":false,\"checks\":{\"store\":false,\"settled\":false,\"serving\":true}}");
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
    socket.getOutputStream().flush();
  }

  private static String ask(Socket socket, String path) throws IOException {
    send(socket, "GET " + path + " HTTP/1.1\r\nhost: localhost\r\n\r\n");
    return answer(socket);
  }

  private static String head(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        break;
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static String answer(Socket socket) throws IOException {
    String head = head(socket);
    int at = head.indexOf("content-length: ");
    if (at < 0) {
      return head;
    }
    int length = Integer.parseInt(head.substring(at + 16, head.indexOf('\r', at)));
    return head + new String(socket.getInputStream().readNBytes(length), UTF_8);
  }
}
