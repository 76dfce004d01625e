package io.endomesh.dataplane;

import io.endomesh.dataplane.authorize.AddressRange;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.StringMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Who may call, by 500 policies: as servers decide it, and beside it by trying one after the other.
 * Each call is permitted, so that nothing ends early but by a policy that allows it.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class AuthorizationBenchmark {

  /** What the policies are about. */
  public enum Shape {
    /** Each allows one other caller. */
    CALLERS,
    /** Each allows everybody of the namespace one path. */
    PATHS,
    /** Each denies others what is below a path; one allows the rest. */
    PREFIXES,
    /** Each allows one of 50 namespaces one method on one of 10 paths, from inside. */
    MIXED
  }

  private static final int POLICIES = 500;

  /** Power of two, and more than there are policies. */
  private static final int CALLS = 1024;

  @Param private Shape shape = Shape.CALLERS;

  private final TestRequest[] requests = new TestRequest[CALLS];
  private final String[] callers = new String[CALLS];
  private Authorization authorization = Authorization.ALLOW_ALL;
  private int next;

  @Setup
  public void policies() {
    List<Policy> deny = new ArrayList<>();
    List<Policy> allow = new ArrayList<>();
    for (int i = 0; i < POLICIES; i++) {
      (shape == Shape.PREFIXES ? deny : allow).add(new Policy("p" + i, List.of(rule(i))));
    }
    if (shape == Shape.PREFIXES) {
      allow.add(new Policy("rest", List.of(new Policy.Rule(Condition.ANY, Condition.ANY))));
    }
    authorization = new Authorization(deny, allow);
    Random random = new Random(5);
    for (int i = 0; i < CALLS; i++) {
      int policy = random.nextInt(POLICIES);
      callers[i] = caller(shape == Shape.PATHS ? random.nextInt(POLICIES) : policy);
      requests[i] = TestRequest.get("web", path(policy));
      if (authorization.check(requests[i], callers[i], "10.0.0.1") != null) {
        throw new IllegalStateException(shape + ": " + requests[i].path() + " is refused");
      }
    }
  }

  private String caller(int policy) {
    int namespace = shape == Shape.MIXED ? policy / 10 : 0;
    return "spiffe://endomesh.local/ns/shop-" + namespace + "/sa/caller-" + policy;
  }

  private String path(int policy) {
    return switch (shape) {
      case CALLERS -> "/api/orders";
      case PATHS -> "/api/v1/items/" + policy;
      case PREFIXES -> "/tenant-" + policy + "/orders";
      case MIXED -> "/part-" + policy % 10 + "/orders";
    };
  }

  private Policy.Rule rule(int i) {
    Condition any = Condition.ANY;
    return switch (shape) {
      case CALLERS -> new Policy.Rule(new Condition.Caller(new StringMatch.Exact(caller(i))), any);
      case PATHS -> new Policy.Rule(namespace(0), new Condition.Path(new PathMatch.Exact(path(i))));
      case PREFIXES ->
          new Policy.Rule(
              new Condition.Not(new Condition.Caller(new StringMatch.Exact(caller(i)))),
              new Condition.Path(new PathMatch.Prefix("/tenant-" + i + "/")));
      case MIXED ->
          new Policy.Rule(
              new Condition.All(
                  List.of(
                      namespace(i / 10),
                      new Condition.Address(AddressRange.of("10.0.0.0", Byte.SIZE)))),
              new Condition.All(
                  List.of(
                      new Condition.Header(":method", new StringMatch.Exact("GET")),
                      new Condition.Path(new PathMatch.SegmentPrefix("/part-" + i % 10)))));
    };
  }

  private static Condition namespace(int number) {
    return new Condition.Caller(
        new StringMatch.Prefix("spiffe://endomesh.local/ns/shop-" + number + "/"));
  }

  @Benchmark
  public boolean check() {
    int call = next++ & (CALLS - 1);
    return authorization.check(requests[call], callers[call], "10.0.0.1") == null;
  }

  /** As it was done before there was an index. */
  @Benchmark
  public boolean oneAfterTheOther() {
    int call = next++ & (CALLS - 1);
    return !any(authorization.deny(), call) && any(authorization.allow(), call);
  }

  private boolean any(List<Policy> policies, int call) {
    for (int i = 0; i < policies.size(); i++) {
      if (policies.get(i).matches(requests[call], callers[call], "10.0.0.1")) {
        return true;
      }
    }
    return false;
  }
}
