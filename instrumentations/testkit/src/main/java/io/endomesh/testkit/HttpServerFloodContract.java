package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.TlsMode;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/**
 * A server under attack. How many resets, headers and streams it takes is the library's own affair;
 * what the agent adds in front of it and keeps beside it has bounds.
 */
abstract class HttpServerFloodContract extends HttpServerConnectionContract {

  @Test
  void handshakes_brokenAndStalledByTheThousand_callersAreServed_andNothingIsLeft()
      throws Exception {
    mode(TlsMode.STRICT, allowing(CALLER));
    assertIsServed();
    Floods floods = new Floods(server.port());

    floods.breakHandshakes();
    List<Socket> stalled = floods.stall();
    try {
      assertThat(stalled).hasSize(Floods.STALLED);
      assertIsServed();
    } finally {
      for (Socket socket : stalled) {
        socket.close();
      }
    }

    assertIsServed();
    floods.assertNothingIsLeft();
  }

  @Test
  void http2_rapidResetsEndlessHeadsAndHeaderBombs_callersAreServed_andNothingIsLeft()
      throws Exception {
    mode(TlsMode.STRICT, allowing(CALLER));
    assertIsServed();
    SSLContext attacker = TestRoutes.AUTHORITY.identity(CALLER).clientTls(TestRoutes.US).context();
    Floods floods = new Floods(server.port());

    floods.resetRapidly(attacker, "/echo");
    floods.continueWithoutEnd(attacker, "/echo");
    floods.sendHeaderBombs(attacker, "/echo");

    assertIsServed();
    Await.until("the end of each call that begun", () -> ended.size() == begun.get());
    floods.assertNothingIsLeft();
  }

  private void assertIsServed() throws Exception {
    assertThat(get(mutual(CALLER), "https", "/echo").statusCode()).isEqualTo(200);
  }
}
