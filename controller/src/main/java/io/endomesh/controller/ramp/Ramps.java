package io.endomesh.controller.ramp;

import io.endomesh.controller.ramp.RampState.Pending;
import io.endomesh.controller.ramp.RampState.Status;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.translate.MeshModel;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shifts calls to one side of a split, step by step, as long as it does well; gives them back when
 * it does not. Each step is an ordinary change of the resource that splits, made only if nobody
 * else changed that. Thread-safe.
 *
 * <p>What is to be written next is kept before it is written: a controller that ends in between
 * finds at its next start whether it was, and goes on from there.
 */
public final class Ramps {

  private static final Logger log = LoggerFactory.getLogger(Ramps.class);

  private final RampRoute route;
  private final BackendStats.Source figures;
  private final Clock clock;
  // All guarded by this.
  private final RampFacts facts;
  private final Map<String, BackendStats> atStep = new HashMap<>();
  private long lastSecond = Long.MIN_VALUE;

  Ramps(ResourceStore store, Supplier<MeshModel> model, BackendStats.Source figures, Clock clock) {
    this.route = new RampRoute(store, model);
    this.figures = figures;
    this.clock = clock;
    this.facts = new RampFacts(store, clock);
  }

  /** What cannot be done, in a sentence. */
  static final class Refused extends Exception {

    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /** Newest first. */
  synchronized List<Ramp> list() {
    return facts.list();
  }

  synchronized Optional<Ramp> find(String id) {
    return Optional.ofNullable(facts.find(id));
  }

  /** Of the step that is in force, so far. */
  synchronized BackendStats ofStep(Ramp ramp) {
    BackendStats now = figures(ramp);
    BackendStats base = atStep.get(ramp.plan().id());
    return base == null || now == null ? BackendStats.NONE : since(base, now);
  }

  /** Begins with the first step, now. */
  synchronized Ramp start(Actor by, RampPlan plan, long revision) throws Refused, StoreException {
    for (Ramp other : facts.list()) {
      if (other.isActive() && other.plan().resource().equals(plan.resource())) {
        throw new Refused(
            plan.resource()
                + ": ramp "
                + other.plan().id()
                + " of "
                + other.plan().by()
                + " is under way (expected: none; abort it first)");
      }
    }
    RampState state =
        new RampState(
            Status.RUNNING, -1, plan.startedAt(), revision, null, null, null, null, List.of());
    Ramp ramp = new Ramp(plan, state);
    Ramp begun = ramp.with(state.asking(route.toStep(plan, 0, revision)));
    facts.save(begun, by.did("ramp.start", subject(plan)));
    log.info("ramp {} of {}: {}", plan.id(), plan.by(), subject(plan));
    return carryOut(begun);
  }

  /**
   * @param keep leaves the weights as they are; else they become those before
   */
  synchronized Ramp abort(Actor by, String id, boolean keep) throws Refused, StoreException {
    Ramp ramp = active(id);
    String text = "aborted by " + by.name();
    if (keep) {
      Ramp ended =
          ramp.with(
              ramp.state().ended(Status.ABORTED, clock.instant(), text + ", weights kept", text));
      facts.save(ended, by.did("ramp.abort", subject(ramp.plan())));
      atStep.remove(id);
      return ended;
    }
    Ramp asked = ramp.with(ramp.state().asking(back(ramp, Status.ABORTED, text, text)));
    facts.save(asked, by.did("ramp.abort", subject(ramp.plan())));
    return carryOut(asked);
  }

  synchronized Ramp pause(Actor by, String id) throws Refused, StoreException {
    return turn(by, id, Status.RUNNING, Status.PAUSED, "ramp.pause", "paused by ");
  }

  /** The step that is in force begins anew. */
  synchronized Ramp resume(Actor by, String id) throws Refused, StoreException {
    return turn(by, id, Status.PAUSED, Status.RUNNING, "ramp.resume", "resumed by ");
  }

  private Ramp turn(Actor by, String id, Status from, Status to, String action, String text)
      throws Refused, StoreException {
    Ramp ramp = active(id);
    if (ramp.state().status() != from) {
      throw new Refused(
          "ramp "
              + id
              + ": is "
              + ramp.state().status().text()
              + " (expected: "
              + from.text()
              + ")");
    }
    Ramp turned = ramp.with(ramp.state().at(to, clock.instant(), text + by.name()));
    facts.save(turned, by.did(action, subject(ramp.plan())));
    atStep.remove(id);
    return turned;
  }

  private Ramp active(String id) throws Refused {
    Ramp ramp = facts.find(id);
    if (ramp != null && ramp.isActive()) {
      // What a restart left undone comes first; else it would be taken for somebody else's.
      ramp = carryOut(ramp);
    }
    if (ramp == null || !ramp.isActive()) {
      throw new Refused(
          "ramp "
              + id
              + ": "
              + (ramp == null ? "there is none" : "has ended, " + ramp.state().status().text())
              + " (expected: one that is under way)");
    }
    return ramp;
  }

  /** To be called every moment; looks once a second. */
  public synchronized void tick() {
    long second = clock.instant().getEpochSecond();
    if (second == lastSecond) {
      return;
    }
    lastSecond = second;
    facts.saveAgain();
    for (Ramp ramp : facts.list()) {
      // What is not on disk is not acted on: a restart would know nothing of it.
      if (ramp.isActive() && facts.isSaved(ramp)) {
        tickOrComplain(ramp);
      }
    }
  }

  private void tickOrComplain(Ramp ramp) {
    try {
      tick(ramp);
    } catch (RuntimeException e) {
      // It would end the timer, and with it the guards of all others.
      log.error("ramp {} is looked at again in a moment", ramp.plan().id(), e);
    }
  }

  private void tick(Ramp ramp) {
    if (ramp.state().pending() != null) {
      carryOut(ramp);
      return;
    }
    String changed = route.changedSince(ramp.plan(), ramp.state().revision());
    if (changed != null) {
      stop(ramp, changed);
      return;
    }
    BackendStats now = figures(ramp);
    if (now == null) {
      stop(ramp, "rule " + ramp.plan().rule() + " divides no calls any more");
      return;
    }
    BackendStats base = atStep.get(ramp.plan().id());
    if (base == null) {
      atStep.put(ramp.plan().id(), now);
      return;
    }
    judge(ramp, since(base, now));
  }

  private void judge(Ramp ramp, BackendStats step) {
    RampPlan plan = ramp.plan();
    RampState state = ramp.state();
    String broken =
        plan.guard().broken(plan.target(), step.calls(), step.errors(), step.p99Millis());
    if (broken != null) {
      rollBack(ramp, broken);
      return;
    }
    boolean over = !clock.instant().isBefore(state.since().plus(plan.every()));
    if (state.status() == Status.PAUSED || !over) {
      return;
    }
    if (step.calls() < plan.guard().minCalls()) {
      String few = "fewer than " + plan.guard().minCalls() + " calls to " + plan.target();
      if (plan.guard().rollBackOnFewCalls()) {
        rollBack(ramp, few + " in " + plan.every().toSeconds() + " s");
      } else if (!few.equals(state.held())) {
        log.info("ramp {} of {}: holds, {}", plan.id(), plan.by(), few);
        facts.saveLater(ramp.with(state.held(few)), null);
      }
      return;
    }
    int next = state.step() + 1;
    if (next < plan.steps().size()) {
      ask(ramp, route.toStep(plan, next, state.revision()));
    } else {
      String text = plan.target() + " has " + plan.steps().get(state.step()) + " %, and does well";
      end(ramp, Status.DONE, text, null);
    }
  }

  private void rollBack(Ramp ramp, String why) {
    log.warn("ramp {} of {}: rolls back, {}", ramp.plan().id(), ramp.plan().by(), why);
    ask(ramp, back(ramp, Status.ROLLED_BACK, "rolled back: " + why, why));
  }

  private void ask(Ramp ramp, Pending pending) {
    Ramp asked = ramp.with(ramp.state().asking(pending));
    if (facts.saveLater(asked, null)) {
      carryOut(asked);
    }
    // Else the disk takes nothing now, and would not take the change either: at the next tick.
  }

  private static Pending back(Ramp ramp, Status then, String text, String why) {
    return new Pending(ramp.plan().before(), ramp.state().step(), then, text, why);
  }

  /** Writes what is pending, if nobody else wrote; a disk that does not take it is tried again. */
  private Ramp carryOut(Ramp ramp) {
    Pending pending = ramp.state().pending();
    if (pending == null) {
      return ramp;
    }
    RampRoute.Outcome outcome = route.write(ramp.plan(), pending, ramp.state().revision());
    if (outcome instanceof RampRoute.Outcome.Written done) {
      return written(ramp, pending, done.revision());
    }
    if (outcome instanceof RampRoute.Outcome.Waits waits) {
      log.error("ramp {} of {}: waits, {}", ramp.plan().id(), ramp.plan().by(), waits.why());
      Ramp waiting = ramp.with(ramp.state().held(waits.why()));
      facts.keep(waiting);
      return waiting;
    }
    return stop(ramp, ((RampRoute.Outcome.Impossible) outcome).why());
  }

  private Ramp written(Ramp ramp, Pending pending, long revision) {
    RampPlan plan = ramp.plan();
    Ramp done = ramp.with(ramp.state().written(revision, clock.instant()));
    atStep.remove(plan.id());
    BackendStats now = figures(done);
    if (done.isActive() && now != null) {
      atStep.put(plan.id(), now);
    }
    String action = pending.then().isActive() ? "ramp.step" : "ramp." + pending.then().text();
    facts.saveLater(
        done,
        AuditEntry.done(
            new Actor(plan.author(), ""),
            action,
            subject(plan) + ": " + pending.text(),
            null,
            null));
    log.info("ramp {} of {}: {}", plan.id(), plan.by(), pending.text());
    return done;
  }

  private Ramp stop(Ramp ramp, String why) {
    log.warn(
        "ramp {} of {}: stopped, {}; the weights stay as they are",
        ramp.plan().id(),
        ramp.plan().by(),
        why);
    return end(ramp, Status.STOPPED, "stopped: " + why, why);
  }

  private Ramp end(Ramp ramp, Status how, String text, @Nullable String why) {
    RampPlan plan = ramp.plan();
    Ramp ended = ramp.with(ramp.state().ended(how, clock.instant(), text, why));
    atStep.remove(plan.id());
    facts.saveLater(
        ended,
        AuditEntry.done(
            new Actor(plan.author(), ""),
            "ramp." + how.text(),
            subject(plan) + ": " + text,
            null,
            null));
    if (how == Status.DONE) {
      log.info("ramp {} of {}: done, {}", plan.id(), plan.by(), text);
    }
    return ended;
  }

  private @Nullable BackendStats figures(Ramp ramp) {
    Backend target = route.target(ramp.plan());
    return target == null ? null : figures.of(target);
  }

  private static BackendStats since(BackendStats base, BackendStats now) {
    return new BackendStats(
        now.calls() - base.calls(),
        now.errors() - base.errors(),
        now.requestsPerSecond(),
        now.errorsPerSecond(),
        now.errorRatio(),
        now.p99Millis());
  }

  private static String subject(RampPlan plan) {
    return "ramp/" + plan.id() + ": " + plan.resource() + ", to " + plan.target();
  }
}
