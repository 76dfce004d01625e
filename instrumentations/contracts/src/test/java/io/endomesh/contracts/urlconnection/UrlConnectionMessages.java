package io.endomesh.contracts.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.TestRoutes;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** How this client alone shows what it sends and gets: properties, bodies, header fields. */
abstract class UrlConnectionMessages extends UrlConnectionContract {

  @Test
  void statusOf400AndMore_isThrownByTheInputStream_andReadFromTheErrorStream() throws Exception {
    Backend missing = open(Backend.mutualTls("missing", "orders").answering(404));
    Backend broken = open(Backend.plaintext("broken").answering(500));
    routes.host("missing", missing.endpoint());
    routes.host("broken", broken.endpoint());
    routes.route("refused", new RouteAction.Respond(403, "not today"), RoutePolicy.DEFAULT);

    HttpURLConnection connection = open("http://missing/x");
    assertThatThrownBy(connection::getInputStream)
        .isInstanceOf(FileNotFoundException.class)
        .hasMessage("http://missing/x");
    assertThat(connection.getErrorStream()).hasContent("missing");

    HttpURLConnection other = open("http://broken/x");
    assertThat(other.getErrorStream()).as("before the call").isNull();
    assertThatThrownBy(other::getInputStream)
        .isInstanceOf(IOException.class)
        .hasMessage("Server returned HTTP response code: 500 for URL: http://broken/x");
    assertThat(other.getErrorStream()).hasContent("broken");

    HttpURLConnection refused = open("http://refused/x");
    assertThatThrownBy(refused::getInputStream)
        .isInstanceOf(IOException.class)
        .hasMessage("Server returned HTTP response code: 403 for URL: http://refused/x");
    assertThat(refused.getErrorStream()).hasContent("not today");
  }

  @Test
  void headerFields_byIndexAndName_beginWithTheStatusLine() throws Exception {
    Backend orders = open(Backend.plaintext("orders").returning("Expires", "0"));
    routes.host("orders", orders.endpoint());
    routes.route("teapot", new RouteAction.Respond(418, "short"), RoutePolicy.DEFAULT);

    HttpURLConnection connection = open("http://orders/");
    assertThat(connection.getHeaderFieldKey(0)).isNull();
    assertThat(connection.getHeaderField(0)).isEqualTo("HTTP/1.1 200 OK");
    assertThat(connection.getHeaderFields().get(null)).containsExactly("HTTP/1.1 200 OK");
    assertThat(connection.getHeaderField("EXPIRES")).isEqualTo("0");
    assertThat(connection.getResponseMessage()).isEqualTo("OK");
    assertThat(connection.getContentLength()).isEqualTo(6);
    assertThat(connection.getHeaderField(100)).isNull();

    HttpURLConnection local = open("http://teapot/");
    assertThat(local.getHeaderField(0)).startsWith("HTTP/1.1 418");
    assertThat(local.getHeaderFields()).containsKey(null);
    assertThat(local.getContentType()).startsWith("text/plain");
    assertThat(local.getContentLengthLong()).isEqualTo(5);
  }

  @Test
  void output_makesAPostOfAGet() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    HttpURLConnection connection = open("http://orders/");

    assertThatThrownBy(connection::getOutputStream).isInstanceOf(ProtocolException.class);
    connection.setDoOutput(true);
    connection.getOutputStream().write('x');

    assertThat(connection.getInputStream()).hasContent("x");
    assertThat(connection.getRequestMethod()).isEqualTo("POST");
    assertThat(orders.only().method()).isEqualTo("POST");
    assertThat(orders.only().header("content-length")).isEqualTo("1");
    assertThat(orders.only().header("content-type")).isEqualTo("application/x-www-form-urlencoded");
    assertThatThrownBy(connection::getOutputStream)
        .hasMessage("Cannot write output after reading input.");
  }

  @Test
  void properties_theJdkRefuses_areNotSent_andOthersAreAsItHasThem() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", orders.endpoint());
    HttpURLConnection connection = open("http://orders/");

    connection.setRequestProperty("Host", "other");
    connection.setRequestProperty("x-twice", "0");
    connection.setRequestProperty("X-Twice", "1");
    connection.addRequestProperty("x-twice", "2");
    connection.setRequestProperty("Authorization", "Bearer 1");
    assertThat(connection.getRequestProperty("host")).isNull();
    assertThat(connection.getRequestProperty("x-twice")).isEqualTo("2");
    assertThat(connection.getRequestProperty("Authorization")).isNull();
    assertThatThrownBy(() -> connection.setRequestProperty("x", "a\nb"))
        .isInstanceOf(IllegalArgumentException.class);

    connection.connect();
    assertThatThrownBy(() -> connection.setRequestProperty("x", "late"))
        .isInstanceOf(IllegalStateException.class);
    assertThat(connection.getInputStream()).hasContent("orders");
    assertThat(orders.only().header("host")).isEqualTo("orders");
    assertThat(orders.only().headers().get("x-twice")).containsExactly("1", "2");
    assertThat(orders.only().header("authorization")).isEqualTo("Bearer 1");
    assertThat(orders.only().header("user-agent")).startsWith("Java/");
  }

  @Test
  void openStream_readsFromTheService() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    try (InputStream in = URI.create("http://orders/list").toURL().openStream()) {
      assertThat(in).hasContent("orders");
    }
  }

  @Test
  void bodyOfFixedLength_isStreamed() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    HttpURLConnection connection = open("http://orders/");
    connection.setRequestMethod("PUT");
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(4L);

    connection.getOutputStream().write("text".getBytes(StandardCharsets.UTF_8));

    assertThat(connection.getInputStream()).hasContent("text");
    assertThat(orders.only().method()).isEqualTo("PUT");
    assertThat(orders.only().header("content-length")).isEqualTo("4");
    assertThat(orders.only().headers()).doesNotContainKey("transfer-encoding");
  }

  @Test
  void streamedBody_redirected_isTheJdksException() throws Exception {
    Backend orders = open(Backend.plaintext("orders").redirecting(307, "http://stock/items"));
    Backend stock = open(Backend.plaintext("stock"));
    routes.host("orders", orders.endpoint());
    routes.host("stock", stock.endpoint());

    assertThatThrownBy(() -> stream("http://orders/", new ByteArrayInputStream(new byte[] {1})))
        .isInstanceOfSatisfying(
            HttpRetryException.class,
            e -> {
              assertThat(e.responseCode()).isEqualTo(307);
              assertThat(e.getLocation()).isEqualTo("http://stock/items");
            });
    assertThat(stock.received()).isEmpty();
  }

  @Test
  void streamedBody_noEndpoint_isAnsweredByTheMesh() throws Exception {
    routes.host("orders");

    Answer answer = stream("http://orders/", new ByteArrayInputStream(new byte[] {1}));

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsEntry(Reply.DECIDED_BY_HEADER, "endpoint");
  }

  @Test
  void streamedBody_givenUp_isNoLongerInFlight() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    Endpoint endpoint = orders.endpoint();
    routes.host("orders", endpoint);
    HttpURLConnection connection = open("http://orders/");
    connection.setDoOutput(true);
    connection.setChunkedStreamingMode(0);
    OutputStream body = connection.getOutputStream();
    body.write(new byte[10_000]);
    assertThat(endpoint.load().inFlight()).isEqualTo(1);

    connection.disconnect();

    assertThat(endpoint.load().inFlight()).isZero();
    assertThatThrownBy(connection::getInputStream).isInstanceOf(IOException.class);
  }

  @Test
  void streamedBody_brokenByTheServer_isNoLongerInFlight() throws Exception {
    try (ServerSocket broken = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Endpoint endpoint = TestRoutes.endpoint(broken.getLocalPort(), null);
      routes.host("orders", endpoint);
      HttpURLConnection connection = open("http://orders/");
      connection.setDoOutput(true);
      connection.setChunkedStreamingMode(0);
      OutputStream body = connection.getOutputStream();
      Socket accepted = broken.accept();
      accepted.setSoLinger(true, 0);
      accepted.close();

      assertThatThrownBy(
              () -> {
                while (true) {
                  body.write(new byte[10_000]);
                }
              })
          .isInstanceOf(IOException.class);

      assertThat(endpoint.load().inFlight()).isZero();
    }
  }
}
