package io.endomesh.dataplane.authorize;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.StringMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** The index decides as trying all policies in their order would, down to the name. */
class PolicyIndexTest {

  private static final List<String> NAMESPACES = List.of("shop", "finance", "web");
  private static final List<String> PATHS =
      List.of("/", "/a", "/a/b", "/a/b/c", "/ab", "/b", "/b/", "/c/d", "*", "/a/x", "");
  private static final List<String> METHODS = List.of("GET", "POST", "DELETE");
  private static final List<String> ADDRESSES = List.of("10.0.0.1", "192.0.2.1", "::1");

  private Random random = new Random(0);

  @RepeatedTest(200)
  void first_ofRandomPoliciesAndRequests_isTheSameAsOfTryingAll(RepetitionInfo info) {
    random = new Random(info.getCurrentRepetition());
    List<Policy> deny = policies("deny");
    List<Policy> allow = policies("allow");
    DryRun dryRun =
        random.nextBoolean()
            ? DryRun.NONE
            : new DryRun(policies("dry-deny"), policies("dry-allow"), policies("audit"));
    Authorization indexed = new Authorization(deny, allow, dryRun);
    for (int i = 0; i < 100; i++) {
      String caller = random.nextInt(4) == 0 ? null : caller();
      String address = one(ADDRESSES);
      TestRequest request = TestRequest.of(one(METHODS), "web", one(PATHS));
      if (random.nextBoolean()) {
        request.header("x-user", "u" + random.nextInt(3), "u" + random.nextInt(3));
      }
      Reply reply = indexed.check(request, caller, address);
      String expected = linear(indexed, request, caller, address);

      assertThat(reply == null ? null : reply.decidedBy()).isEqualTo(expected);
      assertThat(indexed.observe(request, caller, address, expected == null))
          .isEqualTo(dryRun.of(null, request, caller, address, expected == null, !allow.isEmpty()));
    }
  }

  private static @Nullable String linear(
      Authorization policies, TestRequest request, @Nullable String caller, String address) {
    for (Policy policy : policies.deny()) {
      if (policy.matches(request, caller, address)) {
        return policy.name();
      }
    }
    for (Policy policy : policies.allow()) {
      if (policy.matches(request, caller, address)) {
        return null;
      }
    }
    return policies.allow().isEmpty() ? null : policies.allow().get(0).name();
  }

  private List<Policy> policies(String name) {
    List<Policy> policies = new ArrayList<>();
    int number = random.nextInt(3) == 0 ? 0 : random.nextInt(40);
    for (int i = 0; i < number; i++) {
      List<Policy.Rule> rules = new ArrayList<>();
      for (int j = random.nextInt(3); j >= 0; j--) {
        rules.add(new Policy.Rule(condition(2), condition(2)));
      }
      policies.add(new Policy(name + i, rules));
    }
    return policies;
  }

  private Condition condition(int depth) {
    return switch (random.nextInt(depth == 0 ? 6 : 9)) {
      case 0 -> new Condition.Caller(new StringMatch.Exact(caller()));
      case 1 -> new Condition.Caller(new StringMatch.Prefix("spiffe://td/ns/" + one(NAMESPACES)));
      case 2 -> new Condition.Path(path());
      case 3 -> new Condition.Header(":method", new StringMatch.Exact(one(METHODS)));
      case 4 -> new Condition.Header("x-user", new StringMatch.Exact("u" + random.nextInt(3)));
      case 5 -> new Condition.Address(AddressRange.of(one(List.of("10.0.0.0", "192.0.2.0")), 8));
      case 6 -> new Condition.Not(condition(depth - 1));
      case 7 -> new Condition.All(conditions(depth - 1));
      default -> new Condition.AnyOf(conditions(depth - 1));
    };
  }

  private List<Condition> conditions(int depth) {
    List<Condition> conditions = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      conditions.add(condition(depth));
    }
    return conditions;
  }

  private PathMatch path() {
    return switch (random.nextInt(4)) {
      case 0 -> new PathMatch.Exact(one(PATHS));
      case 1 -> new PathMatch.Prefix(one(PATHS));
      case 2 -> new PathMatch.SegmentPrefix(one(List.of("/a", "/a/b", "/b")));
      default -> new PathMatch.Regex(Pattern.compile("/a/.*"));
    };
  }

  private String caller() {
    return "spiffe://td/ns/" + one(NAMESPACES) + "/sa/s" + random.nextInt(3);
  }

  private String one(List<String> values) {
    return values.get(random.nextInt(values.size()));
  }

  @Test
  void of_callerOfWhomTheSameHolds_sharesWhatIsLeft() {
    List<Policy> policies = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Condition who = new Condition.Caller(new StringMatch.Prefix("spiffe://td/ns/n" + i + "/"));
      policies.add(new Policy("p" + i, List.of(new Policy.Rule(who, Condition.ANY))));
    }
    CallerPolicies callers = new CallerPolicies(policies, List.of(), DryRun.NONE);

    assertThat(callers.of("spiffe://td/ns/n3/sa/a")).isSameAs(callers.of("spiffe://td/ns/n3/sa/b"));
    assertThat(callers.of("spiffe://td/ns/n3/sa/a"))
        .isNotSameAs(callers.of("spiffe://td/ns/n4/sa/a"));
  }
}
