package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.store.SqliteResourceStore;
import io.endomesh.controller.translate.CallerLabels.Members;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels of callers that are not there for a while. */
class KnownLabelsTest {

  private static final ServiceKey CART = new ServiceKey("shop", "cart");
  private static final Map<String, String> CHECKOUT = Map.of("team", "checkout");
  private static final Set<String> TEAM = Set.of("team");

  @TempDir private Path directory;
  private SqliteResourceStore store;
  private long now;

  @BeforeEach
  void open() throws Exception {
    store = SqliteResourceStore.open(directory, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private KnownLabels labels() {
    return new KnownLabels(store, () -> now);
  }

  private static List<Workload> cart(Map<String, String> given) {
    return List.of(TestModels.given("shop/cart", given, 1));
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void caller_thatIsAway_keepsItsLabelsForADay() {
    KnownLabels labels = labels();
    assertThat(labels.update(cart(CHECKOUT), TEAM, true)).as("there").isEmpty();

    pass(Duration.ofHours(24));
    assertThat(labels.update(List.of(), TEAM, true)).containsOnlyKeys(CART);
    pass(Duration.ofSeconds(1));
    assertThat(labels.update(List.of(), TEAM, true)).isEmpty();
  }

  @Test
  void caller_thatIsAway_keepsThemOverARestart_forADayFromThen() {
    labels().update(cart(CHECKOUT), TEAM, true);

    KnownLabels again = labels();
    Map<ServiceKey, Members> missing = again.update(List.of(), TEAM, false);
    assertThat(CallerLabels.of(List.of(), TEAM, missing).given("team", "checkout"::equals))
        .containsExactly(CART);

    pass(Duration.ofHours(25));
    again.update(List.of(), TEAM, true);
    assertThat(labels().update(List.of(), TEAM, true)).as("forgotten in the store, too").isEmpty();
  }

  @Test
  void callers_ofWhichSomeAreNotBackYet_countAsThoseThatWereThere() {
    labels().update(cart(Map.of("team", "cart")), TEAM, true);

    Map<ServiceKey, Members> missing = labels().update(cart(CHECKOUT), TEAM, false);

    // In doubt nobody is let in: neither by what it was given before, nor by what it is now.
    CallerLabels all = CallerLabels.of(cart(CHECKOUT), TEAM, missing);
    assertThat(all.given("team", "checkout"::equals)).isEmpty();
    assertThat(all.given("team", "cart"::equals)).isEmpty();
    assertThat(all.given("team", value -> true)).containsExactly(CART);
  }

  @Test
  void caller_thatCameBackWithOtherLabels_hasThose_whenAllAreThere() {
    KnownLabels labels = labels();
    labels.update(cart(CHECKOUT), TEAM, true);
    labels.update(cart(Map.of()), TEAM, true);

    Map<ServiceKey, Members> missing = labels.update(List.of(), TEAM, true);

    assertThat(CallerLabels.of(List.of(), TEAM, missing).given("team", value -> true)).isEmpty();
  }

  @Test
  void labels_thatNoPolicyAsksFor_areNotKept() {
    KnownLabels labels = labels();
    labels.update(cart(CHECKOUT), TEAM, true);

    labels.update(cart(CHECKOUT), Set.of(), true);

    assertThat(store.facts("caller-labels/")).isEmpty();
    assertThat(labels.update(List.of(), TEAM, true)).isEmpty();
  }

  @Test
  void fact_thatCannotBeRead_isLeftOut_andTheOthersHold() throws Exception {
    labels().update(cart(CHECKOUT), TEAM, true);
    store.putFact("caller-labels/shop/orders", "{");

    assertThat(labels().update(List.of(), TEAM, false)).containsOnlyKeys(CART);
  }
}
