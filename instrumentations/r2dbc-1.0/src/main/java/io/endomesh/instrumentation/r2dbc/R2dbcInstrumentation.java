package io.endomesh.instrumentation.r2dbc;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave R2DBC: where an application finds the factory of its connections,
 * whatever its driver. All else comes by what the factory gives. Immutable.
 */
public final class R2dbcInstrumentation extends Instrumentation {

  private static final String SPI = "io.r2dbc.spi.";

  @Override
  public String name() {
    return "r2dbc";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(SPI + "ConnectionFactories")
            .method("find")
            .taking(SPI + "ConnectionFactoryOptions")
            .advice("io.endomesh.instrumentation.r2dbc.FindAdvice"));
  }
}
