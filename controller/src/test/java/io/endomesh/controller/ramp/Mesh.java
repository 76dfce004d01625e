package io.endomesh.controller.ramp;

import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.Change;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.SqliteResourceStore;
import io.endomesh.controller.store.Write;
import io.endomesh.controller.translate.Drafts;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.ServiceKey;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store, a clock that stands still, and calls as the test says they went. */
final class Mesh implements AutoCloseable {

  static final ServiceKey ORDERS = new ServiceKey("shop", "orders");

  static final String SERVICES =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: orders, namespace: shop}
      spec: {selector: {app: orders}, ports: [{port: 8080}]}
      ---
      """;

  static final String ROUTE =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: orders, namespace: shop}
      spec:
        parentRefs: [{group: "", kind: Service, name: orders}]
        rules:
        - backendRefs: [{name: orders-v1, weight: 1}, {name: orders-v2, weight: 0}]
      """;

  static final ResourceKey KEY = new ResourceKey("HTTPRoute", "shop", "orders");

  static final Actor ALICE = new Actor("alice", "");

  private final Path directory;
  private final Map<String, long[]> calls = new HashMap<>();
  private @Nullable Double p99;
  private Instant now = Instant.parse("2026-11-27T10:00:00Z");
  SqliteResourceStore store;
  Ramps ramps;

  final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };

  Mesh(Path directory) throws Exception {
    this.directory = directory;
    this.store = SqliteResourceStore.open(directory, clock);
    this.ramps = newRamps();
  }

  private Ramps newRamps() {
    return new Ramps(store, this::model, this::figures, clock);
  }

  private BackendStats figures(Backend backend) {
    long[] counts = calls.getOrDefault(backend.host(), new long[2]);
    return new BackendStats(counts[0], counts[1], 0, 0, null, p99);
  }

  MeshModel model() {
    return model(store);
  }

  static MeshModel model(SqliteResourceStore store) {
    List<ParsedResource> parsed = new ArrayList<>();
    store
        .resources()
        .all()
        .forEach(
            one -> {
              try {
                parsed.addAll(ResourceParser.parseAll(one.body()));
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    return Drafts.alone(parsed, "endomesh.local");
  }

  void apply(String by, String yaml) throws Exception {
    List<Write> writes = new ArrayList<>();
    for (ParsedResource parsed : ResourceParser.parseAll(yaml)) {
      writes.add(new Write.Put(parsed.key(), parsed.body(), null));
    }
    store.write(new Actor(by, ""), writes);
  }

  /** Nothing in memory is left of it. */
  void restart() throws Exception {
    store.close();
    store = SqliteResourceStore.open(directory, clock);
    calls.clear();
    ramps = newRamps();
  }

  void calls(String host, long more, long errors) {
    long[] counts = calls.computeIfAbsent(host, key -> new long[2]);
    counts[0] += more;
    counts[1] += errors;
  }

  void p99(@Nullable Double millis) {
    p99 = millis;
  }

  /** Second by second, with a tick in each. */
  void pass(Duration time) {
    for (long i = 0; i < time.toSeconds(); i++) {
      now = now.plusSeconds(1);
      ramps.tick();
    }
  }

  List<Split> splits() {
    return Splits.of(model(), store.resources(), ORDERS);
  }

  List<Integer> weights() {
    return splits().get(0).backends().stream().map(Backend::weight).toList();
  }

  Ramp start(Guard guard, Integer... steps) throws Exception {
    Split split = splits().get(0);
    RampPlan plan =
        new RampPlan(
            "r1",
            ORDERS,
            split.resource(),
            split.rule(),
            1,
            split.names(),
            List.of(steps),
            Duration.ofSeconds(30),
            guard,
            split.written(),
            ALICE.name(),
            now);
    return ramps.start(ALICE, plan, split.revision());
  }

  Ramp ramp() {
    return ramps.find("r1").orElseThrow();
  }

  List<String> authors() {
    return store.history(KEY, 20).stream().map(Change::author).toList();
  }

  @Override
  public void close() {
    store.close();
  }
}
