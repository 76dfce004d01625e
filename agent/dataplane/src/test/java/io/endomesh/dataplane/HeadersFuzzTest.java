package io.endomesh.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.fuzz.Fuzzing;
import io.endomesh.dataplane.fuzz.Mutator;
import io.endomesh.dataplane.identity.TestAuthority;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.StringMatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Also a target of Jazzer. What callers and servers say in headers. */
public class HeadersFuzzTest {

  private static final Mutator MUTATOR =
      Mutator.of(
          "x-endomesh-trail: ",
          "retry-after: ",
          "cookie: ",
          "grpc-timeout: ",
          "\n",
          ";",
          "=",
          "\"",
          ",",
          "origin: ",
          "host: ",
          "GMT",
          "00-",
          "99999999S",
          "x-envoy-attempt-count: ",
          "%00",
          "%2e",
          "..",
          "/",
          "é",
          "\0");

  private static final FakeClock CLOCK = new FakeClock();
  private static final Mesh MESH = mesh();

  private static Mesh mesh() {
    Mesh mesh = new Mesh(TestMesh.WORKLOAD, CLOCK, CLOCK);
    // A caller has no identity here: nothing it can say makes this match.
    Authorization onlyOrders =
        new Authorization(
            List.of(policy("deny", new Condition.Path(new PathMatch.Prefix("/admin")))),
            List.of(
                policy(
                    "allow",
                    new Condition.Caller(new StringMatch.Exact("spiffe://td/ns/shop/sa/orders")))));
    Inbound.Port port = new Inbound.Port(Inbound.TlsMode.PERMISSIVE, onlyOrders);
    mesh.publish(
        new Snapshot(
            1,
            Map.of(
                "orders",
                TestMesh.snapshot(
                        null,
                        "orders",
                        TestMesh.route(
                            TestMesh.cluster("orders", TestMesh.endpoint(1)),
                            TestMesh.retrying(2, 503),
                            java.time.Duration.ofSeconds(1)))
                    .hosts()
                    .get("orders")),
            new Inbound(Map.of(), port),
            new TestAuthority().identity("spiffe://td/ns/shop/sa/web")));
    return mesh;
  }

  private static Policy policy(String name, Condition condition) {
    return new Policy(name, List.of(new Policy.Rule(condition, Condition.ANY)));
  }

  /** Lines of headers: a caller without an identity sends them, and a server answers with them. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    for (Protocol protocol : new Protocol[] {Protocol.HTTP, Protocol.GRPC}) {
      TestRequest request =
          protocol == Protocol.HTTP
              ? TestRequest.get("web", "/" + text)
              : TestRequest.grpc("web", "/" + text);
      headers(text, request);
      InboundCall served = MESH.serve(request);
      assertThat(served.refusal()).as("of a caller without identity").isNotNull();
      served.ended(403, Outcome.NOT_GRPC, null);
    }
    Call call = MESH.call(headers(text, TestRequest.get("orders", "/")));
    if (call != null && call.next() instanceof Attempt attempt) {
      long wait = attempt.responded(503, Outcome.NOT_GRPC, text);
      assertThat(wait).isGreaterThanOrEqualTo(Attempt.OTHERS);
      call.next();
    }
    CLOCK.advance(java.time.Duration.ofMinutes(10));
  }

  private static TestRequest headers(String text, TestRequest request) {
    for (String line : text.split("\n")) {
      int colon = line.indexOf(": ");
      if (colon > 0) {
        request.header(
            line.substring(0, colon).toLowerCase(java.util.Locale.ROOT), line.substring(colon + 2));
      }
    }
    return request;
  }

  @Test
  void headers_mutated_letNobodyIn() throws IOException {
    Fuzzing.run(Fuzzing.corpus("headers"), MUTATOR, 10_000, HeadersFuzzTest::fuzzerTestOneInput);
  }
}
