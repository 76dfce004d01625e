package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.route.Cors;
import io.endomesh.dataplane.route.CorsRules;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.StringMatch;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a browser's scripts may read. */
abstract class HttpServerCorsContract extends HttpServerFloodContract {

  private static final String SITE = "https://shop.example";

  @Test
  void browser_asksWhetherAScriptMayCall_isAnsweredWithoutTheApplication() throws Exception {
    cors(allowing(CALLER));

    HttpResponse<String> answer =
        plain()
            .send(
                HttpRequest.newBuilder(uri("http", "/echo"))
                    .method("OPTIONS", BodyPublishers.noBody())
                    .header("Origin", SITE)
                    .header("Access-Control-Request-Method", "PUT")
                    .build(),
                BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue(SITE);
    assertThat(answer.headers().firstValue("Access-Control-Allow-Methods")).hasValue("PUT");
    assertThat(answer.headers().firstValue("x-path")).as("the application was asked").isEmpty();
    Await.until("end of the call", () -> ended.equals(List.of(200)));
  }

  @Test
  void browser_readsTheAnswer_whicheverWayTheApplicationGaveIt() throws Exception {
    cors(Authorization.ALLOW_ALL);

    for (String path : List.of("/echo", "/async", "/fails")) {
      HttpResponse<String> answer = ofSite(path, SITE);
      assertThat(answer.headers().allValues("Access-Control-Allow-Origin"))
          .as(path)
          .containsExactly(SITE);
      assertThat(answer.headers().allValues("Vary")).as(path).containsExactly("Origin");
    }
    assertThat(ofSite("/echo", "https://other.example").headers().map())
        .doesNotContainKey("access-control-allow-origin");
    assertThat(get(plain(), "http", "/echo").headers().map())
        .doesNotContainKey("access-control-allow-origin");
  }

  @Test
  void browser_readsWhyItIsRefused() throws Exception {
    cors(allowing(CALLER));

    HttpResponse<String> refused = ofSite("/echo", SITE);

    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.headers().firstValue("Access-Control-Allow-Origin")).hasValue(SITE);
  }

  private HttpResponse<String> ofSite(String path, String origin) throws Exception {
    return plain()
        .send(
            HttpRequest.newBuilder(uri("http", path)).header("Origin", origin).build(),
            BodyHandlers.ofString());
  }

  private void cors(Authorization authorization) {
    Cors site = new Cors(List.of(new StringMatch.Exact(SITE)), "PUT", "", "", "", false, false);
    CorsRules rules =
        new CorsRules(List.of(new CorsRules.Rule("HTTPRoute/default/r", RouteMatch.ANY, site)));
    port(new Inbound.Port(TlsMode.PERMISSIVE, authorization, rules));
  }
}
