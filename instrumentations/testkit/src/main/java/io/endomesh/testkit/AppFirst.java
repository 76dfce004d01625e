package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.AgentThread;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.Weaving;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Behind each test: no exception of ours was suppressed, no class failed to be woven, no thread of
 * ours is there but those it always has, none could keep the JVM from exiting, and no context was
 * left behind. Thread-safe.
 */
public final class AppFirst implements AfterEachCallback {

  /** Connecting at start, weaving, the controller connection and its I/O: one thread each. */
  private static final Set<String> AGENT_THREADS =
      Set.of("endomesh-start", "endomesh-weaving", "endomesh-control", "endomesh-io");

  /**
   * Of blocking clients, where a policy asks for attempts beside others; each ends with its task.
   */
  private static final String ATTEMPT = "endomesh-attempt";

  /** Of attempts, and of connections that are to end. */
  private static final Set<String> ENDING = Set.of(ATTEMPT, "endomesh-last-streams");

  /** What an earlier test was told already. The agent counts for the whole JVM. */
  private static final AtomicLong SUPPRESSED = new AtomicLong();

  private static final AtomicLong FAILED_TRANSFORMATIONS = new AtomicLong();

  /** Of a test that makes the agent fail, and has looked at what was suppressed. */
  static void expected(long suppressed) {
    SUPPRESSED.set(suppressed);
  }

  @Override
  public void afterEach(ExtensionContext test) {
    CallContext left = CallContext.current();
    CallContext.restore(CallContext.EMPTY);
    Mesh mesh = Weaving.mesh();
    mesh.publish(Snapshot.EMPTY);
    mesh.observer(CallObserver.NONE);
    mesh.listeners(Mesh.Listeners.NONE);

    assertThat(left).as("context left on the thread").isEqualTo(CallContext.EMPTY);
    assertThat(since(SUPPRESSED, Suppressed.count())).as("suppressed exceptions").isZero();
    assertThat(since(FAILED_TRANSFORMATIONS, Suppressed.failedTransformations()))
        .as("failed transformations")
        .isZero();
    assertThat(threads().filter(each -> each.getName().equals(ATTEMPT)))
        .as("threads of attempts")
        .allMatch(Thread::isDaemon);
    Await.until(
        "end of the threads that are there for a while only",
        () -> threads().noneMatch(each -> ENDING.contains(each.getName())));
    List<Thread> threads = threads().toList();
    assertThat(threads).as("threads of the agent").allMatch(Thread::isDaemon);
    assertThat(threads.stream().map(Thread::getName))
        .as("threads of the agent")
        .isSubsetOf(AGENT_THREADS)
        .doesNotHaveDuplicates();
  }

  private static Stream<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(each -> each instanceof AgentThread || each.getName().startsWith("endomesh-"));
  }

  private static long since(AtomicLong told, long now) {
    return now - told.getAndSet(now);
  }
}
