package io.endomesh.controller.ramp;

import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.ramp.RampState.Pending;
import io.endomesh.controller.ramp.RampState.Status;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.Change;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.store.StoredResource;
import io.endomesh.controller.store.Write;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.Requirements;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The resource that a ramp changes: what it says now, and what the ramp writes there, on its own
 * revision only. Thread-safe.
 */
final class RampRoute {

  private final ResourceStore store;
  private final Supplier<MeshModel> model;

  RampRoute(ResourceStore store, Supplier<MeshModel> model) {
    this.store = store;
    this.model = model;
  }

  /** What became of a write. */
  sealed interface Outcome {

    record Written(long revision) implements Outcome {}

    /** It must not be done, and never will be. */
    record Impossible(String why) implements Outcome {}

    /** Nothing was done; it may be tried again. */
    record Waits(String why) implements Outcome {}
  }

  /** The side that gets more; null if the rule has no such side any more. */
  @Nullable Backend target(RampPlan plan) {
    StoredResource stored = stored(plan);
    Split split = stored == null ? null : Splits.of(model.get(), stored, plan.rule());
    return split == null || split.backends().size() <= plan.to()
        ? null
        : split.backends().get(plan.to());
  }

  /** Who changed it since this revision, and how; null if nobody did. */
  @Nullable String changedSince(RampPlan plan, long revision) {
    StoredResource stored = stored(plan);
    return stored == null || stored.revision() != revision ? stranger(plan, stored) : null;
  }

  /** The write that makes a step. */
  Pending toStep(RampPlan plan, int step, long revision) {
    int percent = plan.steps().get(step);
    StoredResource stored = stored(plan);
    Split split = stored == null ? null : Splits.of(model.get(), stored, plan.rule());
    List<@Nullable Integer> weights = new ArrayList<>();
    if (stored == null || split == null || stored.revision() != revision) {
      // Somebody was faster: the write finds that.
      weights.addAll(plan.before());
    } else {
      weights.addAll(split.weights(plan.to(), percent));
    }
    String text =
        "step "
            + (step + 1)
            + " of "
            + plan.steps().size()
            + ", "
            + percent
            + " % to "
            + plan.target();
    return new Pending(weights, step, Status.RUNNING, text, null);
  }

  /**
   * Writes, unless that has been done.
   *
   * @param revision of our last write: at another one the resource is somebody else's
   */
  Outcome write(RampPlan plan, Pending pending, long revision) {
    StoredResource stored = stored(plan);
    if (stored == null) {
      return new Outcome.Impossible(stranger(plan, null));
    }
    String author = plan.author() + ": " + pending.text();
    if (stored.revision() != revision) {
      // Before a restart we may have come as far as the write, and no further.
      return author.equals(author(plan, stored.revision()))
          ? new Outcome.Written(stored.revision())
          : new Outcome.Impossible(stranger(plan, stored));
    }
    try {
      ParsedResource changed = Splits.withWeights(stored, plan.rule(), pending.weights());
      Requirements.check(model.get(), List.of(changed));
      Write.Put put = new Write.Put(plan.resource(), changed.body(), revision);
      return store
          .write(new Actor(author, ""), List.of(put))
          .find(plan.resource())
          .<Outcome>map(written -> new Outcome.Written(written.revision()))
          .orElseThrow();
    } catch (StoreException.Conflict e) {
      return new Outcome.Impossible(stranger(plan, stored(plan)));
    } catch (StoreException e) {
      return new Outcome.Waits(String.valueOf(e.getMessage()));
    } catch (InvalidResourceException | IllegalArgumentException e) {
      return new Outcome.Impossible(plan.resource() + " cannot be written: " + e.getMessage());
    }
  }

  private @Nullable StoredResource stored(RampPlan plan) {
    return store.resources().find(plan.resource()).orElse(null);
  }

  private String stranger(RampPlan plan, @Nullable StoredResource stored) {
    List<Change> changes = store.history(plan.resource(), 1);
    String who = changes.isEmpty() ? "somebody" : changes.get(0).author();
    return stored == null
        ? plan.resource() + " was deleted by " + who
        : plan.resource() + " was changed by " + who + " at revision " + stored.revision();
  }

  private @Nullable String author(RampPlan plan, long revision) {
    List<Change> changes = store.history(plan.resource(), 1);
    return changes.isEmpty() || changes.get(0).revision() != revision
        ? null
        : changes.get(0).author();
  }
}
