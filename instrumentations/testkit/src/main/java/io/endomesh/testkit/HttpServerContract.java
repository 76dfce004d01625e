package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the mesh promises to an application that is an HTTP server, whichever it uses. The caller is
 * a client that knows nothing of the mesh, with a certificate where the promise is about one.
 */
@Contract("HTTP server")
public abstract class HttpServerContract extends HttpServerUpgradeContract {

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

  /** Containers use the objects of a request again for the next one. */
  @Test
  void call_whenItHasEnded_stillTellsWhatWasAskedFor_andByWhom() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    HttpClient kept = mutual(CALLER);
    List<String> expected = new ArrayList<>();
    for (String path : List.of("/context", "/echo", "/async", "/fails", "/echo")) {
      boolean posts = path.equals("/echo");
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri("https", path + "?q=1")).header("x-mine", path.substring(1));
      if (posts) {
        request.POST(BodyPublishers.ofString(path));
      }
      kept.send(request.build(), BodyHandlers.ofString());
      expected.add((posts ? "POST " : "GET ") + path + " " + path.substring(1) + " " + CALLER);
    }

    Await.until("end of each call", () -> told.size() == expected.size());
    assertThat(told).containsExactlyInAnyOrderElementsOf(expected);
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
