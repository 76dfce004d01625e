package io.endomesh.controller.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Post;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.telemetry.TelemetryPart;
import io.endomesh.controller.translate.Drafts;
import io.endomesh.controller.translate.MeshModel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Says what drafts would have done to the calls of the last minutes. Thread-safe. */
@Blocking
public final class ReplayApi implements ControllerPart {

  /** As far back as a change in traffic is still news. */
  private static final Duration LOOKED_BACK = Duration.ofMinutes(5);

  /** More than the controller keeps. */
  private static final int ALL_TRACES = 100_000;

  private final ControllerContext context;
  private final TelemetryPart telemetry;

  public ReplayApi(ControllerContext context, TelemetryPart telemetry) {
    this.context = context;
    this.telemetry = telemetry;
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService().pathPrefix("/api/v1").build(this);
  }

  /**
   * @param body resources as for apply
   */
  @Post("/replay")
  public HttpResponse replay(String body) {
    List<ParsedResource> drafts;
    try {
      drafts = ResourceParser.parseAll(body);
    } catch (InvalidResourceException e) {
      return ApiErrors.invalid(String.valueOf(e.getMessage()));
    }
    long since =
        TimeUnit.MILLISECONDS.toNanos(context.clock().instant().minus(LOOKED_BACK).toEpochMilli());
    RecordedCalls recorded =
        RecordedCalls.of(telemetry.traces().recent(trace -> true, ALL_TRACES), since);
    MeshModel now = context.model().get();
    TrafficReplay.Result result =
        TrafficReplay.of(recorded, now, Drafts.over(now, drafts), context.clock());
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, json(result).toString());
  }

  private static ObjectNode json(TrafficReplay.Result result) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("minutes", LOOKED_BACK.toMinutes())
            .put("calls", result.calls())
            .put("skipped", result.skipped())
            .put("changed", result.changed());
    ArrayNode outcomes = json.putArray("outcomes");
    result
        .outcomes()
        .forEach(
            (outcome, calls) -> outcomes.addObject().put("outcome", outcome).put("calls", calls));
    return json;
  }
}
