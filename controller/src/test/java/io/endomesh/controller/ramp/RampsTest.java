package io.endomesh.controller.ramp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.ramp.RampState.Status;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.AuditQuery;
import io.endomesh.controller.store.Write;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RampsTest {

  private static final Guard GUARD = new Guard(0.05, 300.0, 20, false);
  private static final Duration STEP = Duration.ofSeconds(30);
  private static final String V2 = "orders-v2.shop";
  private static final Actor BOB = new Actor("bob", "");

  @TempDir Path directory;
  private Mesh mesh;

  @BeforeEach
  void open() throws Exception {
    mesh = new Mesh(directory);
    mesh.apply("anna", Mesh.SERVICES + Mesh.ROUTE);
  }

  @AfterEach
  void close() {
    mesh.close();
  }

  @Test
  void ramp_versionThatDoesWell_goesStepByStepToAll() throws Exception {
    mesh.start(GUARD, 10, 50, 100);
    assertThat(mesh.weights()).containsExactly(90, 10);

    mesh.calls(V2, 100, 1);
    mesh.pass(STEP.minusSeconds(1));
    assertThat(mesh.weights()).containsExactly(90, 10);
    mesh.pass(Duration.ofSeconds(1));
    assertThat(mesh.weights()).containsExactly(50, 50);

    mesh.calls(V2, 100, 2);
    mesh.pass(STEP);
    assertThat(mesh.weights()).containsExactly(0, 100);
    assertThat(mesh.ramp().isActive()).isTrue();

    mesh.calls(V2, 100, 0);
    mesh.pass(STEP);
    assertThat(mesh.ramp().state().status()).isEqualTo(Status.DONE);
    assertThat(mesh.weights()).containsExactly(0, 100);
    assertThat(mesh.authors())
        .containsExactly(
            "ramp of alice: step 3 of 3, 100 % to orders-v2",
            "ramp of alice: step 2 of 3, 50 % to orders-v2",
            "ramp of alice: step 1 of 3, 10 % to orders-v2",
            "anna");
  }

  @Test
  void guard_tooManyErrors_rollsBackAtOnceAndSaysWhy() throws Exception {
    mesh.start(GUARD, 10, 100);
    mesh.calls(V2, 40, 5);
    mesh.pass(Duration.ofSeconds(1));

    assertThat(mesh.weights()).containsExactly(1, 0);
    RampState state = mesh.ramp().state();
    assertThat(state.status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(state.why()).isEqualTo("12.5 % of 40 calls to orders-v2 failed (guard: 5 %)");
    assertThat(mesh.authors().get(0))
        .isEqualTo(
            "ramp of alice: rolled back: 12.5 % of 40 calls to orders-v2 failed (guard: 5 %)");
    assertThat(mesh.store.audit(new AuditQuery(false, null, null, 10)))
        .extracting(AuditEntry::action)
        .containsSubsequence("ramp.rolled-back", "resource.change", "ramp.step", "ramp.start");
  }

  @Test
  void guard_errorsOfAnEarlierStep_countForThatAlone() throws Exception {
    mesh.start(new Guard(0.5, null, 20, false), 10, 100);
    mesh.calls(V2, 100, 50);
    mesh.pass(STEP);
    assertThat(mesh.weights()).containsExactly(0, 100);

    mesh.calls(V2, 20, 11);
    mesh.pass(Duration.ofSeconds(1));
    assertThat(mesh.ramp().state().why()).startsWith("55 % of 20 calls");
    assertThat(mesh.weights()).containsExactly(1, 0);
  }

  @Test
  void guard_tooSlow_rollsBack() throws Exception {
    mesh.start(GUARD, 10, 100);
    mesh.calls(V2, 40, 0);
    mesh.p99(812.0);
    mesh.pass(Duration.ofSeconds(1));

    assertThat(mesh.ramp().state().why()).isEqualTo("p99 of orders-v2 is 812 ms (guard: 300 ms)");
    assertThat(mesh.weights()).containsExactly(1, 0);
  }

  @Test
  void guard_fewErrorsOfFewCalls_judgesNothingAndHolds() throws Exception {
    mesh.start(GUARD, 10, 100);
    mesh.calls(V2, 19, 19);
    mesh.pass(STEP.plusSeconds(600));

    assertThat(mesh.weights()).containsExactly(90, 10);
    assertThat(mesh.ramp().state().held()).isEqualTo("fewer than 20 calls to orders-v2");

    mesh.calls(V2, 400, 0);
    mesh.pass(Duration.ofSeconds(1));
    assertThat(mesh.weights()).containsExactly(0, 100);
    assertThat(mesh.ramp().state().held()).isNull();
  }

  @Test
  void guard_fewCallsThatAreToRollBack_rollsBackAtTheEndOfTheStep() throws Exception {
    mesh.start(new Guard(0.05, null, 20, true), 10, 100);
    mesh.pass(STEP.minusSeconds(1));
    assertThat(mesh.weights()).containsExactly(90, 10);
    mesh.pass(Duration.ofSeconds(1));

    assertThat(mesh.ramp().state().status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(mesh.ramp().state().why()).isEqualTo("fewer than 20 calls to orders-v2 in 30 s");
    assertThat(mesh.weights()).containsExactly(1, 0);
  }

  @Test
  void resource_changedBySomebodyElse_stopsTheRampAndIsNotOverwritten() throws Exception {
    mesh.start(GUARD, 10, 100);
    mesh.apply(
        "bob", Mesh.ROUTE.replace("weight: 1}", "weight: 70}").replace("weight: 0", "weight: 30"));
    mesh.calls(V2, 40, 40);
    mesh.pass(STEP);

    assertThat(mesh.weights()).containsExactly(70, 30);
    assertThat(mesh.ramp().state().status()).isEqualTo(Status.STOPPED);
    assertThat(mesh.ramp().state().why())
        .matches("HTTPRoute shop/orders was changed by bob at revision \\d+");
    assertThat(mesh.authors().get(0)).isEqualTo("bob");
  }

  @Test
  void abort_afterSomebodyElsesChange_overwritesNothing() throws Exception {
    mesh.start(GUARD, 10, 100);
    mesh.apply("bob", Mesh.ROUTE.replace("weight: 1}", "weight: 70}"));

    Ramp ended = mesh.ramps.abort(Mesh.ALICE, "r1", false);

    assertThat(ended.state().status()).isEqualTo(Status.STOPPED);
    assertThat(mesh.weights()).containsExactly(70, 0);
  }

  @Test
  void resource_deleted_stopsTheRamp() throws Exception {
    mesh.start(GUARD, 10, 100);
    mesh.store.write(BOB, List.of(new Write.Delete(Mesh.KEY, null)));
    mesh.pass(Duration.ofSeconds(1));

    assertThat(mesh.ramp().state().why()).isEqualTo("HTTPRoute shop/orders was deleted by bob");
  }

  @Test
  void abort_weightsAreThoseBefore_asTheyWereWritten() throws Exception {
    mesh.apply("anna", Mesh.ROUTE.replace(", weight: 1}", "}"));
    String before = mesh.store.resources().find(Mesh.KEY).orElseThrow().body();
    mesh.start(GUARD, 10, 100);

    Ramp ended = mesh.ramps.abort(BOB, "r1", false);

    assertThat(ended.state().status()).isEqualTo(Status.ABORTED);
    assertThat(mesh.store.resources().find(Mesh.KEY).orElseThrow().body()).isEqualTo(before);
    assertThat(mesh.authors().get(0)).isEqualTo("ramp of alice: aborted by bob");
    assertThatThrownBy(() -> mesh.ramps.pause(BOB, "r1"))
        .hasMessage("ramp r1: has ended, aborted (expected: one that is under way)");
  }

  @Test
  void abort_keep_leavesTheWeights() throws Exception {
    mesh.start(GUARD, 10, 100);
    mesh.ramps.abort(BOB, "r1", true);
    mesh.pass(STEP);

    assertThat(mesh.weights()).containsExactly(90, 10);
    assertThat(mesh.ramp().state().status()).isEqualTo(Status.ABORTED);
  }

  @Test
  void pause_waits_butTheGuardLooksOn() throws Exception {
    mesh.start(GUARD, 10, 50, 100);
    mesh.calls(V2, 100, 0);
    mesh.ramps.pause(BOB, "r1");
    mesh.pass(STEP.multipliedBy(3));
    assertThat(mesh.weights()).containsExactly(90, 10);

    mesh.ramps.resume(BOB, "r1");
    mesh.pass(Duration.ofSeconds(1));
    mesh.calls(V2, 100, 0);
    mesh.pass(STEP);
    assertThat(mesh.weights()).containsExactly(50, 50);

    mesh.ramps.pause(BOB, "r1");
    mesh.pass(Duration.ofSeconds(1));
    mesh.calls(V2, 100, 100);
    mesh.pass(Duration.ofSeconds(1));
    assertThat(mesh.ramp().state().status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(mesh.weights()).containsExactly(1, 0);
  }

  @Test
  void start_whileAnotherOfTheResourceRuns_isRefused() throws Exception {
    mesh.start(GUARD, 10, 100);

    assertThatThrownBy(() -> mesh.start(GUARD, 50, 100))
        .hasMessage(
            "HTTPRoute shop/orders: ramp r1 of alice is under way (expected: none; abort it"
                + " first)");
    assertThat(mesh.weights()).containsExactly(90, 10);
  }

  @Test
  void restart_inTheMiddleOfAStep_beginsTheStepAnew() throws Exception {
    mesh.start(GUARD, 10, 100);
    mesh.calls(V2, 100, 0);
    mesh.pass(STEP.minusSeconds(1));
    mesh.restart();
    mesh.pass(STEP.minusSeconds(1));
    assertThat(mesh.weights()).containsExactly(90, 10);

    mesh.calls(V2, 100, 0);
    mesh.pass(Duration.ofSeconds(2));
    assertThat(mesh.weights()).containsExactly(0, 100);
    assertThat(mesh.ramp().state().events())
        .extracting(RampState.Event::text)
        .contains("the controller was restarted, the step begins anew");
  }

  @Test
  void restart_betweenIntentAndWrite_writesOnce() throws Exception {
    Ramp begun = mesh.start(GUARD, 10, 100);
    RampState.Pending next =
        new RampState.Pending(
            List.of(0, 100), 1, Status.RUNNING, "step 2 of 2, 100 % to orders-v2", null);
    mesh.store.putFact(
        "ramp/r1", RampJson.write(begun.with(begun.state().asking(next))).toString());
    mesh.restart();
    mesh.pass(Duration.ofSeconds(1));

    assertThat(mesh.weights()).containsExactly(0, 100);
    assertThat(mesh.ramp().state().step()).isEqualTo(1);
    assertThat(mesh.authors()).hasSize(3);
  }

  @Test
  void restart_betweenWriteAndItsRecord_knowsThatItWasItself() throws Exception {
    Ramp begun = mesh.start(GUARD, 10, 100);
    mesh.calls(V2, 40, 40);
    mesh.pass(Duration.ofSeconds(1));
    assertThat(mesh.weights()).containsExactly(1, 0);
    long rolledBackAt = mesh.ramp().state().revision();
    RampState.Pending back =
        new RampState.Pending(
            begun.plan().before(),
            0,
            Status.ROLLED_BACK,
            "rolled back: 100 % of 40 calls to orders-v2 failed (guard: 5 %)",
            "why");
    mesh.store.putFact(
        "ramp/r1", RampJson.write(begun.with(begun.state().asking(back))).toString());
    mesh.restart();
    mesh.pass(STEP);

    assertThat(mesh.ramp().state().status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(mesh.ramp().state().revision()).isEqualTo(rolledBackAt);
    assertThat(mesh.authors()).hasSize(3);
  }

  @Test
  void restart_abortBeforeTheFirstTick_knowsItsOwnWrite() throws Exception {
    Ramp begun = mesh.start(GUARD, 10, 50, 100);
    mesh.calls(V2, 40, 0);
    mesh.pass(STEP);
    assertThat(mesh.weights()).containsExactly(50, 50);
    RampState.Pending next =
        new RampState.Pending(
            List.of(50, 50), 1, Status.RUNNING, "step 2 of 3, 50 % to orders-v2", null);
    mesh.store.putFact(
        "ramp/r1", RampJson.write(begun.with(begun.state().asking(next))).toString());
    mesh.restart();

    assertThat(mesh.ramps.abort(BOB, "r1", false).state().status()).isEqualTo(Status.ABORTED);
    assertThat(mesh.weights()).containsExactly(1, 0);
  }

  @Test
  void fact_ofAnotherVersion_isLeftAlone() throws Exception {
    mesh.store.putFact("ramp/x", "{\"id\":\"x\"}");
    mesh.restart();
    mesh.pass(Duration.ofSeconds(1));

    assertThat(mesh.ramps.list()).isEmpty();
    assertThat(mesh.weights()).containsExactly(1, 0);
  }

  @Test
  void ended_moreThanFifty_oldestAreForgotten() throws Exception {
    for (int i = 0; i < 60; i++) {
      mesh.start(GUARD, 10, 100);
      mesh.ramps.abort(BOB, "r1", false);
      String fact = mesh.store.fact("ramp/r1").orElseThrow();
      mesh.store.putFact("ramp/o" + i, fact.replace("\"r1\"", "\"o" + i + "\""));
    }
    mesh.restart();
    mesh.start(GUARD, 10, 100);

    assertThat(mesh.store.facts("ramp/")).hasSizeLessThanOrEqualTo(51);
  }
}
