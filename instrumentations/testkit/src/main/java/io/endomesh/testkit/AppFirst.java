package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.Weaving;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Behind each test: no exception of ours was suppressed, no class failed to be woven, no thread of
 * ours could keep the JVM from exiting, and no context was left behind. Thread-safe.
 */
public final class AppFirst implements AfterEachCallback {

  @Override
  public void afterEach(ExtensionContext test) {
    assertThat(Suppressed.count()).as("suppressed exceptions").isZero();
    assertThat(Suppressed.failedTransformations()).as("failed transformations").isZero();
    assertThat(CallContext.current()).as("context left on the thread").isEqualTo(CallContext.EMPTY);
    assertThat(Thread.getAllStackTraces().keySet())
        .as("threads of the agent that are no daemons")
        .noneMatch(thread -> thread.getName().startsWith("endomesh-") && !thread.isDaemon());
    Mesh mesh = Weaving.mesh();
    mesh.publish(Snapshot.EMPTY);
    mesh.observer(CallObserver.NONE);
    mesh.listeners(Mesh.Listeners.NONE);
  }
}
