package io.endomesh.instrumentation.concurrent.test;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/** Stands for a server: its class is the reason to load the weaver. */
public final class WakingInstrumentation extends Instrumentation {

  @Override
  public String name() {
    return "waking";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types("io.endomesh.instrumentation.concurrent.test.Server")
            .method("serve")
            .taking()
            .advice("io.endomesh.instrumentation.concurrent.test.ServeAdvice"));
  }
}
