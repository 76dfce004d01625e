package io.endomesh.dataplane.authorize;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The policies of one port as they are for each caller, kept for those that called of late. They
 * belong to one configuration: with the next one all of it is forgotten. Thread-safe.
 */
final class CallerPolicies {

  /** Identities, not instances: more than call one service in most meshes. */
  private static final int MAX_CALLERS = 1024;

  /** Of one caller. Immutable. */
  record Of(
      PolicyIndex deny,
      PolicyIndex allow,
      PolicyIndex dryDeny,
      PolicyIndex dryAllow,
      PolicyIndex audit) {}

  private final List<Policy> deny;
  private final List<Policy> allow;
  private final DryRun dryRun;
  private final Reduction reduction;
  private final Cache<String, Of> byCaller = cache();

  /** Callers of whom the same holds share what is left, however many they are. */
  private final Cache<BitSet, Of> byAnswers = cache();

  private final Of anonymous;

  CallerPolicies(List<Policy> deny, List<Policy> allow, DryRun dryRun) {
    this.deny = deny;
    this.allow = allow;
    this.dryRun = dryRun;
    this.reduction =
        new Reduction(List.of(deny, allow, dryRun.deny(), dryRun.allow(), dryRun.audit()));
    this.anonymous = reduce(null);
  }

  private static <K extends Object> Cache<K, Of> cache() {
    return Caffeine.newBuilder()
        .maximumSize(MAX_CALLERS)
        // Not the common pool: that one is the application's.
        .executor(Runnable::run)
        .build();
  }

  Of of(@Nullable String caller) {
    if (caller == null) {
      return anonymous;
    }
    Of known = byCaller.getIfPresent(caller);
    return known == null ? learn(caller) : known;
  }

  /** Two threads may do it at once; both come to the same. */
  private Of learn(String caller) {
    BitSet answers = reduction.answers(caller);
    Of shared = byAnswers.getIfPresent(answers);
    Of of = shared == null ? reduce(caller) : shared;
    byAnswers.put(answers, of);
    byCaller.put(caller, of);
    return Objects.requireNonNull(of);
  }

  private Of reduce(@Nullable String caller) {
    return new Of(
        PolicyIndex.of(deny, caller),
        PolicyIndex.of(allow, caller),
        PolicyIndex.of(dryRun.deny(), caller),
        PolicyIndex.of(dryRun.allow(), caller),
        PolicyIndex.of(dryRun.audit(), caller));
  }
}
