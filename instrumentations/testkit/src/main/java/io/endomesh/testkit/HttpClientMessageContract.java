package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * The parts of an exchange that libraries treat so differently that only one thing can be promised:
 * in the mesh as outside of it.
 */
abstract class HttpClientMessageContract extends HttpClientStreamContract {

  private static final byte[] BODY = ExpectingServer.BODY.getBytes(StandardCharsets.US_ASCII);

  @Test
  void trailersOfAnAnswer_reachTheApplication_asOutsideTheMesh() throws Exception {
    try (ScriptedServer server = ScriptedServer.answeringWithTrailer()) {
      Answer outside = get(outside(server.port()));
      routes.host("orders", TestRoutes.endpoint(server.port(), null));

      Answer inside = get("http://orders/");

      assertThat(inside.text()).isEqualTo(outside.text()).isEqualTo("ok");
      assertThat(inside.trailers()).isEqualTo(outside.trailers());
      assertThat(inside.headers()).isEqualTo(outside.headers());
    }
  }

  @Test
  void expectContinue_theServerWantsTheBody_itArrives_asOutsideTheMesh() throws Exception {
    try (ExpectingServer outside = ExpectingServer.wanting();
        ExpectingServer inside = ExpectingServer.wanting()) {
      routes.host("orders", TestRoutes.endpoint(inside.port(), null));

      String expected = outcome(outside(outside.port()));

      assertThat(outcome("http://orders/")).isEqualTo(expected);
      assertThat(inside.seen()).isEqualTo(outside.seen()).hasSize(1);
    }
  }

  @Test
  void expectContinue_theServerDoesNotWantTheBody_theCallEndsAsOutsideTheMesh() throws Exception {
    try (ExpectingServer outside = ExpectingServer.refusing();
        ExpectingServer inside = ExpectingServer.refusing()) {
      routes.host("orders", TestRoutes.endpoint(inside.port(), null));

      String expected = outcome(outside(outside.port()));

      assertThat(outcome("http://orders/")).isEqualTo(expected);
      // Whether the body comes all the same is a race in some libraries, mesh or not.
      assertThat(inside.seen())
          .extracting(ExpectingServer.Seen::asked)
          .isEqualTo(outside.seen().stream().map(ExpectingServer.Seen::asked).toList())
          .hasSize(1);
    }
  }

  /** The status; of a refusal some libraries make an exception, of what they do not know others. */
  private String outcome(String url) throws InterruptedException {
    try {
      return String.valueOf(expecting(url, BODY).status());
    } catch (IOException e) {
      return e.getClass().getName();
    }
  }
}
