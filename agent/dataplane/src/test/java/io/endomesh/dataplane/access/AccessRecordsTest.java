package io.endomesh.dataplane.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Policy;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccessRecordsTest {

  private static final String CANARY = "canary-7f3a";
  private static final String ORDERS = "spiffe://td/ns/shop/sa/orders";
  private static final int CALLS = 100_000;

  private final Mesh mesh = new Mesh(TestMesh.WORKLOAD);

  @BeforeEach
  void observe() {
    mesh.observer(CallObserver.NONE);
    mesh.publish(
        TestMesh.snapshot(
            null,
            "orders",
            TestMesh.route(
                TestMesh.cluster("outbound|80||orders.shop", TestMesh.endpoint(9000)),
                TestMesh.retrying(1, 503),
                java.time.Duration.ZERO)));
  }

  @Test
  void servedEnded_nobodyLooks_allocatesNothing() {
    InboundCall call = mesh.serve(TestRequest.get("web", "/"));
    Outcome outcome = new Outcome(200, Outcome.NOT_GRPC, null, 1);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    end(call, outcome);

    long before = threads.getCurrentThreadAllocatedBytes();
    end(call, outcome);

    assertThat((threads.getCurrentThreadAllocatedBytes() - before) / CALLS).isZero();
  }

  private void end(InboundCall call, Outcome outcome) {
    for (int i = 0; i < CALLS; i++) {
      mesh.records().servedEnded(call, outcome, CallObserver.NONE);
    }
  }

  @Test
  void call_looked_isToldOnceItIsOver() {
    Watch watch = look(AccessFilter.ALL, List.of(), List.of());
    Call call = Objects.requireNonNull(mesh.call(TestRequest.get("orders", "/v1/carts")));
    ((Attempt) call.next()).responded(503, Outcome.NOT_GRPC);
    Attempt again = (Attempt) call.next();
    assertThat(watch.take(9)).isEmpty();
    again.responded(200, Outcome.NOT_GRPC);

    assertThat(line(watch))
        .contains(
            "\"side\":\"client\"",
            "\"endomesh.destination\":\"orders\"",
            "\"endomesh.route\":\"HTTPRoute/shop/orders rule 0\"",
            "\"endomesh.cluster\":\"outbound|80||orders.shop\"",
            "\"url.path\":\"/v1/carts\"",
            "\"http.request.method\":\"GET\"",
            "\"http.response.status_code\":200",
            "\"endomesh.attempts\":2",
            "\"network.peer.port\":9000",
            "\"tls\":false");
  }

  @Test
  void served_refused_tellsWhichPolicy() {
    Watch watch = look(AccessFilter.ALL, List.of(), List.of());
    mesh.publish(
        new io.endomesh.dataplane.Snapshot(
            2,
            Map.of(),
            new Inbound(
                Map.of(
                    8080,
                    new Inbound.Port(
                        Inbound.TlsMode.PERMISSIVE,
                        new Authorization(List.of(), List.of(new Policy("A/shop/no", List.of()))))),
                Inbound.OPEN.otherPorts()),
            null));
    InboundCall call = mesh.serve(TestRequest.get("web", "/").from(ORDERS));
    Reply refusal = Objects.requireNonNull(call.refusal());
    call.ended(refusal.status(), refusal.grpcStatus(), null);

    assertThat(line(watch))
        .contains(
            "\"endomesh.policy\":\"A/shop/no\"",
            "\"endomesh.caller\":\"" + ORDERS + "\"",
            "\"tls\":true",
            "\"http.response.status_code\":403");
  }

  @Test
  void secrets_askedForByName_areRedacted() {
    List<String> names =
        List.of("authorization", "cookie", "x-api-key", "x-auth-token", "x-harmless", "x-page");
    Watch watch = look(AccessFilter.ALL, names, List.of());
    TestRequest request = TestRequest.get("web", "/a;jsessionid=" + CANARY + "/b");
    names.forEach(name -> request.setHeader(name, name + CANARY));
    request.setHeader("x-harmless", "Bearer " + CANARY);
    request.setHeader("x-page", "3");
    request.setHeader("x-unasked", CANARY);
    mesh.serve(request).ended(200, Outcome.NOT_GRPC, null);

    assertThat(line(watch))
        .doesNotContain(CANARY)
        .contains("\"url.path\":\"/a/b\"")
        .contains("\"http.request.header.authorization\":\"[redacted]\"")
        .contains("\"http.request.header.x-page\":\"3\"");
  }

  @Test
  void query_askedForByName_hasNoSecret() {
    assertThat(Redaction.value("access_token", CANARY)).isEqualTo(Redaction.REDACTED);
    assertThat(Redaction.value("page", "2")).isEqualTo("2");
    assertThat(Redaction.value("page", "eyJhbGciOi")).isEqualTo(Redaction.REDACTED);
    assertThat(Redaction.path("/a?token=" + CANARY)).isEqualTo("/a");
  }

  @Test
  void filter_lets_throughWhatItSays() {
    Watch errors = look(filter("", "/v1/*", 500, 599, ""), List.of(), List.of());
    serve("/v1/a", 500);
    serve("/v1/a", 404);
    serve("/v2/a", 500);
    assertThat(errors.take(9)).hasSize(1);
    assertThat(errors.seen()).isEqualTo(3);
    assertThat(errors.matched()).isEqualTo(1);

    Watch from = look(filter("POST", "", 0, 0, "stock"), List.of(), List.of());
    serve("/v1/a", 200);
    assertThat(from.take(9)).isEmpty();
    Watch caller = look(filter("GET", "", 0, 0, "orders"), List.of(), List.of());
    serve("/v1/a", 200);
    assertThat(caller.take(9)).hasSize(1);
  }

  @Test
  void watch_tooMany_areCountedAndNotHeld() {
    Watch watch = new Watch(AccessFilter.ALL, List.of(), List.of(), 3, () -> 0L);
    mesh.records().taps(List.of(watch));
    for (int i = 0; i < 10; i++) {
      serve("/", 200);
    }
    assertThat(watch.take(99)).hasSize(3);
    assertThat(watch.leftOut()).isEqualTo(7);

    // A clock that runs: the rate lets all through, and nobody takes them.
    long[] now = {0};
    Watch slow =
        new Watch(AccessFilter.ALL, List.of(), List.of(), 1_000, () -> now[0] += 1_000_000);
    mesh.records().taps(List.of(slow));
    for (int i = 0; i < Watch.CAPACITY + 50; i++) {
      serve("/", 200);
    }
    assertThat(slow.leftOut()).isEqualTo(50);
    assertThat(slow.take(9_999)).hasSize(Watch.CAPACITY);
  }

  @Test
  void json_controlCharacters_stayOneLine() {
    Watch watch = look(AccessFilter.ALL, List.of("x-page"), List.of());
    TestRequest request = TestRequest.get("web", "/\"\n\\\u0001");
    request.setHeader("x-page", "a\r\nb");
    mesh.serve(request).ended(200, Outcome.NOT_GRPC, null);
    assertThat(line(watch))
        .doesNotContain("\n")
        .contains("\"/\\\"\\u000a\\\\\\u0001\"", "a\\u000d\\u000ab");
  }

  @Test
  void glob_manyStars_endsSoon() {
    assertThat(Glob.matches("/v1/*/items", "/v1/7/items")).isTrue();
    assertThat(Glob.matches("/v1/*", "/v2/7")).isFalse();
    assertThat(Glob.matches("*a".repeat(50) + "b", "a".repeat(2_000))).isFalse();
  }

  private static AccessFilter filter(String method, String path, int from, int to, String caller) {
    return new AccessFilter("", "", method, path, from, to, caller, "", false, 0, 0);
  }

  private void serve(String path, int status) {
    mesh.serve(TestRequest.get("web", path).from(ORDERS)).ended(status, Outcome.NOT_GRPC, null);
  }

  private Watch look(AccessFilter filter, List<String> headers, List<String> query) {
    Watch watch = new Watch(filter, headers, query, 100, System::nanoTime);
    mesh.records().taps(List.of(watch));
    return watch;
  }

  private static String line(Watch watch) {
    List<AccessRecord> taken = watch.take(9);
    assertThat(taken).hasSize(1);
    return taken.get(0).json();
  }
}
