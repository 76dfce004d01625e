package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.trail.Trail;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is promised of trails, the part that the contracts of clients, servers and gRPC have in
 * common. Stateless.
 */
final class TrailPromises {

  private static final String POLICY = "AuthorizationPolicy/default/nobody";

  private TrailPromises() {}

  /** A call that the library under test makes. */
  interface Calling {

    /** The headers of its answer, names in lower case. */
    Map<String, String> call() throws Exception;
  }

  /** A request to the server under test. */
  interface Asking {

    /**
     * @param token null if it does not ask
     * @return {@link Trail#HEADER} of the answer, null if there is none
     */
    @Nullable String trail(@Nullable String token) throws Exception;
  }

  static String token() {
    return TestRoutes.AUTHORITY.trailToken(Instant.now(), Duration.ofMinutes(10));
  }

  /**
   * @param orders speaks mutual TLS
   * @param calling makes a call to {@code orders}
   */
  static void client(TestRoutes routes, Backend orders, Calling calling) throws Exception {
    routes.host("orders", orders.returning(Trail.HEADER, "served;depth=1").endpoint());
    String token = token();

    String told = toldOf(token, () -> assertThat(calling.call()).doesNotContainKey(Trail.HEADER));

    assertThat(orders.only().header(Trail.HEADER)).isEqualTo(token + ";depth=1");
    assertThat(told)
        .startsWith("served;depth=0;by=\"")
        .contains(
            ", attempt;depth=0;",
            ";to=\"orders.default\";number=1;route=\"HTTPRoute/default/orders rule 0\";cluster=\""
                + "orders\";endpoint=\"127.0.0.1:"
                + orders.port()
                + "\";status=200;micros=")
        .endsWith(", served;depth=1");

    // Nobody asks: nobody is asked.
    calling.call();
    assertThat(orders.received().get(1).header(Trail.HEADER)).isNull();
  }

  static void server(TestRoutes routes, Asking asking) throws Exception {
    String token = token();
    routes.inbound(Inbound.OPEN);
    assertThat(asking.trail(token))
        .startsWith("served;depth=0;by=\"")
        .endsWith(";status=200")
        .doesNotContain(", ");
    assertThat(asking.trail(null)).isNull();
    assertThat(asking.trail(token.substring(0, token.length() - 8) + "AAAAAAAA")).isNull();

    Policy nobody = new Policy(POLICY, List.of());
    routes.inbound(
        new Inbound(
            Map.of(),
            new Inbound.Port(TlsMode.DISABLE, new Authorization(List.of(), List.of(nobody)))));
    assertThat(asking.trail(token))
        .startsWith("refused;depth=0;by=\"")
        .contains(";status=403;grpc-status=7;decided-by=\"" + POLICY + "\"");
    assertThat(asking.trail(null)).isNull();
  }

  /**
   * @param calling makes a call to an endpoint that speaks mutual TLS and is this workload too
   */
  static void grpc(TestRoutes routes, Calling calling) throws Exception {
    routes.inbound(
        new Inbound(Map.of(), new Inbound.Port(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL)));
    String told = toldOf(token(), () -> assertThat(calling.call()).doesNotContainKey(Trail.HEADER));
    assertThat(told)
        .contains(", attempt;depth=0;", ";status=200;grpc-status=0;micros=")
        .contains(", served;depth=1;")
        .endsWith(";from=\"" + TestRoutes.US + "\";grpc-status=0");
  }

  private interface Work {
    void run() throws Exception;
  }

  /** Asks the server under test as somebody who knows nothing of the mesh. */
  static @Nullable String ask(HttpClient client, URI uri, @Nullable String token)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (token != null) {
      request.header(Trail.HEADER, token);
    }
    return client
        .send(request.build(), BodyHandlers.discarding())
        .headers()
        .firstValue(Trail.HEADER)
        .orElse(null);
  }

  /** The trail of a served call on whose behalf something is done. */
  private static String toldOf(String token, Work work) throws Exception {
    InboundCall served =
        Weaving.mesh().serve(TestRequest.get("tests", "/").header(Trail.HEADER, token));
    CallContext before = served.context().attach();
    try {
      work.run();
    } finally {
      CallContext.restore(before);
    }
    TestRequest response = TestRequest.get("tests", "/");
    served.changeResponse(200, response);
    served.ended(200, Outcome.NOT_GRPC, /* error= */ null);
    return String.valueOf(response.header(Trail.HEADER));
  }
}
