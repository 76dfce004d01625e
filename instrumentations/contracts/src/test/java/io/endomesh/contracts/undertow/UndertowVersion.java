package io.endomesh.contracts.undertow;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.HttpServerContract;
import io.endomesh.testkit.NotApplicable;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract on one version of Undertow. */
@NotApplicable(
    promise = "policyOnAPath_seesItDecodedAndNormalized",
    reason = UndertowVersion.NOT_NORMALIZED)
abstract class UndertowVersion extends HttpServerContract {

  static final String NOT_NORMALIZED =
      "Undertow decodes paths and does not normalize them: `..` is a segment like others";

  final UndertowLoader loader = new UndertowLoader(getClass());

  @Test
  void policyOnAPath_seesItDecoded_asUndertowDoes() throws Exception {
    Condition admin = new Condition.Path(new PathMatch.SegmentPrefix("/admin"));
    Policy deny = new Policy("deny", List.of(new Policy.Rule(Condition.ANY, admin)));
    mode(TlsMode.DISABLE, new Authorization(List.of(deny), List.of()));
    HttpClient plain = HttpClient.newBuilder().version(Version.HTTP_1_1).build();

    assertThat(get(plain, "http", "/admin/x").statusCode()).isEqualTo(403);
    assertThat(get(plain, "http", "/adm%69n/x").statusCode()).isEqualTo(403);
    assertThat(get(plain, "http", "/admin/../echo").statusCode()).isEqualTo(403);
    assertThat(get(plain, "http", "/echo/../admin/x").headers().firstValue("x-path"))
        .hasValue("/echo/../admin/x");
  }

  @Test
  void dispatch_goesOnForTheSameCaller() throws Exception {
    // No policy of who may call; whose certificate it is, SpiffeTrust checks all the same.
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);

    assertThat(get(mutual(CALLER), "https", "/dispatched").body()).isEqualTo(CALLER);
    Await.until("end of the call", () -> ended.equals(List.of(200)));
  }

  @Test
  void http2_onAPlaintextConnection_isServedWithTheSamePromises() throws Exception {
    HttpClient http2 = HttpClient.newBuilder().version(Version.HTTP_2).build();

    HttpResponse<String> served = get(http2, "http", "/context");
    mode(TlsMode.PERMISSIVE, allowing(CALLER));
    HttpResponse<String> refused = get(http2, "http", "/context");

    assertThat(served.version()).isEqualTo(Version.HTTP_2);
    assertThat(served.body()).isEqualTo("null");
    assertThat(refused.version()).isEqualTo(Version.HTTP_2);
    assertThat(refused.statusCode()).isEqualTo(403);
    Await.until("both ends", () -> endedWith(200, 403));
  }

  @Test
  void gracefulShutdown_servesWhatIsUnderWay() throws Exception {
    int port = server.port();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nx"
              .getBytes(US_ASCII));
      Await.until("begin of the call", () -> begun.get() == 1);

      Thread stopping = new Thread(this::shutDown, "stopping");
      stopping.start();

      Await.until("closed port", () -> ports.contains("closed " + port));
      assertThat(ended).isEmpty();
      out.write('x');
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
      stopping.join();
    }
    Await.until("end of the call", () -> ended.equals(List.of(200)));
  }

  private void shutDown() {
    try {
      server.getClass().getMethod("shutDown").invoke(server);
    } catch (IllegalAccessException | NoSuchMethodException | InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }
}
