package io.endomesh.controller.analyze;

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
import java.util.List;

/**
 * Analyzes the mesh as it is, or as it would be with drafts, as docs/api.md has it. Thread-safe.
 */
@Blocking
public final class AnalyzeApi implements ControllerPart {

  private final ControllerContext context;
  private final TelemetryPart telemetry;

  public AnalyzeApi(ControllerContext context, TelemetryPart telemetry) {
    this.context = context;
    this.telemetry = telemetry;
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService().pathPrefix("/api/v1").build(this);
  }

  /**
   * @param body resources as for apply; empty looks at what is applied
   */
  @Post("/analyze")
  public HttpResponse analyze(String body) {
    List<ParsedResource> drafts;
    try {
      drafts = body.isBlank() ? List.of() : ResourceParser.parseAll(body);
    } catch (InvalidResourceException e) {
      return ApiErrors.invalid(String.valueOf(e.getMessage()));
    }
    return HttpResponse.of(
        HttpStatus.OK,
        MediaType.JSON_UTF_8,
        FindingsJson.of(
                Analyzer.live(
                    Drafts.over(context.model().get(), drafts),
                    telemetry.rollups().edges(),
                    context.syncStatus().nodes()),
                true)
            .toString());
  }
}
