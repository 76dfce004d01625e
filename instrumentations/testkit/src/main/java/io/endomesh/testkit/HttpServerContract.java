package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the mesh promises to an application that is an HTTP server, whichever it uses. The caller is
 * a client that knows nothing of the mesh, with a certificate where the promise is about one.
 */
@Contract("HTTP server")
public abstract class HttpServerContract extends HttpServerFailureContract {

  @Test
  void server_started_isOfferedToTheMesh_andTakenBackWhenItStops() throws Exception {
    String bound = "bound " + server.port() + " HTTP";
    assertThat(ports).containsExactly(bound);

    int port = server.port();
    server.close();

    assertThat(ports).containsExactly(bound, "closed " + port);
  }

  @Test
  void plaintext_withoutPolicy_isServedAsBefore() throws Exception {
    HttpResponse<String> response = get(plain(), "http", "/echo?x=1");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("x-path")).hasValue("/echo");
  }

  @Test
  void trail_thatIsAskedForByToken_isInTheAnswer() throws Exception {
    TrailPromises.server(routes, token -> TrailPromises.ask(plain(), uri("http", "/echo"), token));
  }

  @Test
  void asynchronousAnswer_endsTheCallOnce() throws Exception {
    assertThat(get(plain(), "http", "/async").body()).isEqualTo("later");

    Await.until("end of the call", () -> ended.equals(List.of(200)));
  }

  @Test
  void handler_throws_endsTheCallWith500() throws Exception {
    assertThat(get(plain(), "http", "/fails").statusCode()).isEqualTo(500);

    Await.until("end of the call", () -> ended.equals(List.of(500)));
  }
}
