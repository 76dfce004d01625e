package io.endomesh.contracts.jetty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.StagedHttpServerContract;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract on one version of Jetty, and what is Jetty's alone. */
public abstract class JettyContract extends StagedHttpServerContract {

  /** Has a handler {@code /dispatched} besides, which puts the request aside once. Thread-safe. */
  public interface Jetty extends Staged {

    /** How a graceful shutdown begins. */
    void beginShutdown() throws Exception;
  }

  private final String className;
  private final Object[] arguments;

  /**
   * @param className binary name of a {@link Jetty}
   * @param arguments of its constructor
   */
  protected JettyContract(String className, Object... arguments) {
    this.className = className;
    this.arguments = arguments.clone();
  }

  @Override
  protected final Jetty start() {
    return JettyCode.of(getClass()).make(Jetty.class, className, arguments);
  }

  @Test
  void asynchronousDispatch_goesOnForTheSameCaller() throws Exception {
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
  void gracefulShutdown_takesThePortBack_andServesWhatIsUnderWay() throws Exception {
    int port = server.port();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      out.write(
          """
          POST /echo HTTP/1.1\r
          Host: localhost\r
          Content-Length: 2\r
          \r
          x\
          """
              .getBytes(US_ASCII));
      // Not by an interim answer: a shutdown right behind one ends the connection in 9.4.20.
      Await.until("begin of the call", () -> begun.get() == 1);

      ((Jetty) server).beginShutdown();

      assertThat(ports).endsWith("closed " + port);
      assertThat(ended).isEmpty();
      out.write('x');
      assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
    }
    Await.until("end of the call", () -> ended.equals(List.of(200)));
  }
}
