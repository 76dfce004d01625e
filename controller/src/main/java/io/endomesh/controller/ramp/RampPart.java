package io.endomesh.controller.ramp;

import com.linecorp.armeria.server.ServerBuilder;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.telemetry.TelemetryPart;

/** Splits of calls and their ramps, as docs/ramp.md has them. Thread-safe. */
public final class RampPart implements ControllerPart {

  private static final String PATH = "/api/v1";

  private final Ramps ramps;
  private final RouteApi routes;
  private final RampApi api;

  public RampPart(ControllerContext context, TelemetryPart telemetry) {
    BackendStats.Source figures = BackendStats.of(telemetry.rollups());
    this.ramps = new Ramps(context.store(), context.model(), figures, context.clock());
    this.routes = new RouteApi(context, figures, ramps);
    this.api = new RampApi(context, ramps);
  }

  /** To be called every moment. */
  public void tick() {
    ramps.tick();
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService().pathPrefix(PATH).build(routes);
    server.annotatedService().pathPrefix(PATH).build(api);
  }
}
