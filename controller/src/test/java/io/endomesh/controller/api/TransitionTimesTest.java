package io.endomesh.controller.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.SqliteResourceStore;
import io.endomesh.controller.store.Write;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.TestModels;
import io.endomesh.dataplane.FakeClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lastTransitionTime} of conditions, under a clock that moves only when told. */
class TransitionTimesTest {

  private static final ResourceKey ROUTE = new ResourceKey("HTTPRoute", "shop", "r");

  private static final String YAML =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: r, namespace: shop}
      spec:
        parentRefs:
          - {group: "", kind: Service, name: orders}
          - {group: "", kind: Service, name: carts}
        rules: [{backendRefs: [{name: orders}]}]
      """;

  @TempDir private Path data;

  private final FakeClock clock = new FakeClock();
  private final Instant start = clock.instant();
  private MeshModel model = TestModels.of(List.of());
  private ResourceStore store;
  private ResourceJson json;

  @BeforeEach
  void start() throws Exception {
    store = SqliteResourceStore.open(data, clock);
    json =
        new ResourceJson(
            new ControllerContext(
                null, store, null, () -> model, null, null, null, clock, clock.instant()));
    json.observe();
  }

  @AfterEach
  void stop() {
    store.close();
  }

  @Test
  void condition_changesItsStatus_hasTheTimeOfThatAndOthersKeepTheirs() throws Exception {
    apply(YAML);
    clock.advance(Duration.ofMinutes(1));
    join("shop/orders");
    clock.advance(Duration.ofMinutes(1));

    assertThat(time("orders", "Accepted", "True")).isEqualTo(start.plusSeconds(60));
    assertThat(time("orders", "ResolvedRefs", "True")).isEqualTo(start.plusSeconds(60));
    assertThat(time("carts", "Accepted", "False")).isEqualTo(start);
    assertThat(time("carts", "ResolvedRefs", "True")).isEqualTo(start.plusSeconds(60));
  }

  @Test
  void condition_changesThereAndBackUnread_hasTheTimeOfTheLastChange() throws Exception {
    join("shop/orders");
    apply(YAML);
    clock.advance(Duration.ofMinutes(1));
    join();
    clock.advance(Duration.ofMinutes(1));
    join("shop/orders");
    clock.advance(Duration.ofMinutes(1));

    assertThat(time("orders", "Accepted", "True")).isEqualTo(start.plusSeconds(120));
  }

  @Test
  void condition_stays_whateverElseChanges() throws Exception {
    apply(YAML);
    clock.advance(Duration.ofMinutes(1));
    apply(YAML.replace("name: r,", "name: other,"));
    join("shop/payments");
    apply(YAML.replace("backendRefs", "timeouts: {request: 1s}, backendRefs"));

    assertThat(time("orders", "Accepted", "False")).isEqualTo(start);
    assertThat(time("orders", "ResolvedRefs", "False")).isEqualTo(start);
  }

  @Test
  void condition_keepsItsTime_whenTheControllerStartsAnew() throws Exception {
    apply(YAML);
    clock.advance(Duration.ofMinutes(1));
    join("shop/orders");
    store.close();
    clock.advance(Duration.ofHours(1));

    start();

    assertThat(time("orders", "Accepted", "True")).isEqualTo(start.plusSeconds(60));
    assertThat(time("carts", "Accepted", "False")).isEqualTo(start);
  }

  @Test
  void condition_changedWhileTheControllerWasAway_hasTheTimeOfItsStart() throws Exception {
    join("shop/orders");
    apply(YAML);
    store.close();
    clock.advance(Duration.ofHours(1));
    model = TestModels.of(List.of());

    start();

    assertThat(time("orders", "Accepted", "False")).isEqualTo(start.plusSeconds(3600));
  }

  @Test
  void resource_deletedAndCreatedAnew_begins() throws Exception {
    apply(YAML);
    clock.advance(Duration.ofMinutes(1));
    store.write("test", List.of(new Write.Delete(ROUTE, null)));
    store.write("test", List.of(put(YAML)));

    assertThat(time("orders", "Accepted", "False")).isEqualTo(start.plusSeconds(60));

    store.write("test", List.of(new Write.Delete(ROUTE, null)));
    json.observe();
    assertThat(store.fact("conditions")).hasValue("");
  }

  private void apply(String yaml) throws Exception {
    store.write("test", List.of(put(yaml)));
    json.observe();
  }

  private static Write put(String yaml) throws Exception {
    ParsedResource parsed = ResourceParser.parse(ResourceParser.documents(yaml).get(0));
    return new Write.Put(parsed.key(), parsed.body(), null);
  }

  /** These services and no others. */
  private void join(String... services) {
    List<Workload> workloads =
        List.of(services).stream()
            .map(service -> TestModels.workload(service, Map.of(), 8080))
            .toList();
    model = TestModels.of(workloads);
    json.observe();
  }

  private Instant time(String parent, String type, String status) {
    for (JsonNode of : Objects.requireNonNull(json.document(ROUTE)).at("/status/parents")) {
      for (JsonNode condition : of.get("conditions")) {
        if (of.at("/parentRef/name").asText().equals(parent)
            && condition.get("type").asText().equals(type)) {
          assertThat(condition.get("status").asText()).isEqualTo(status);
          return Instant.parse(condition.get("lastTransitionTime").asText());
        }
      }
    }
    throw new AssertionError("no condition " + type + " of " + parent);
  }
}
