package io.endomesh.controller.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.file.HttpFile;
import com.linecorp.armeria.server.healthcheck.HealthCheckService;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.access.Access;
import io.endomesh.controller.access.AccessPart;
import io.endomesh.controller.access.Right;
import io.endomesh.controller.telemetry.TelemetryPart;
import io.endomesh.controller.telemetry.Trace;
import io.endomesh.controller.tokens.JoinTokens;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The console: its files, and the JSON it draws, as docs/api.md has it. Thread-safe. */
@Blocking
public final class ConsolePart implements ControllerPart {

  private static final String PATH = "/api/v1";

  /** What the pages that are always open show of traces and refusals. */
  private static final int NEWEST = 30;

  private static final int MAX_LIST = 500;

  private final TelemetryPart telemetry;
  private final TokenApi tokens;
  private final AccessPart access;
  private final StatusJson status;
  private final MeshJson mesh;
  private final GraphJson graph;
  private final TraceJson traces;
  private final CauseJson causes;
  private final AgentJar agentJar;
  private final StateFeed feed;

  /**
   * @param answers of whoever is asked in the background: another number once there is news
   * @param faults the fault tests that run
   */
  public ConsolePart(
      ControllerContext context,
      TelemetryPart telemetry,
      JoinTokens tokens,
      AccessPart access,
      LongSupplier answers,
      Supplier<ArrayNode> faults) {
    this.telemetry = telemetry;
    this.access = access;
    this.agentJar = new AgentJar(context.options().agentJar());
    this.status = new StatusJson(context, telemetry, agentJar, answers, faults);
    this.tokens = new TokenApi(tokens, status::address, context.authority());
    this.mesh = new MeshJson(context, telemetry.rollups());
    this.graph = new GraphJson(context, telemetry.rollups());
    this.traces = new TraceJson(telemetry.traces(), telemetry.rollups(), context.clock());
    this.causes = new CauseJson(telemetry.traces(), context.clock());
    this.feed = new StateFeed(this::state);
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.service("/healthz", HealthCheckService.of());
    // A session that ends, and a right that is taken away, end what is open by it.
    server
        .route()
        .get(PATH + "/events")
        .build(
            (ctx, request) -> {
              ctx.clearRequestTimeout();
              return feed.open(
                  () -> access.access().isStill(ctx, request.headers(), Right.READ),
                  "true".equals(ctx.queryParam("changes")));
            });
    server.service(StatusJson.AGENT_PATH, this::download);
    server.annotatedService().pathPrefix(PATH).build(this);
    server.annotatedService().pathPrefix(PATH).build(tokens);
    server.serviceUnder("/", ConsoleFiles.service());
  }

  @Override
  public void drain() {
    feed.close();
  }

  @Override
  public void close() {
    feed.close();
  }

  @Get("/status")
  public HttpResponse status(ServiceRequestContext request) {
    return json(status.status().set("session", access.session(Access.caller(request))));
  }

  @Get("/services")
  public HttpResponse services() {
    return json(object().set("services", mesh.services()));
  }

  @Get("/workloads")
  public HttpResponse workloads() {
    return json(object().set("workloads", mesh.workloads()));
  }

  @Get("/workloads/{namespace}/{instance}/config")
  public HttpResponse config(
      @Param("namespace") String namespace, @Param("instance") String instance) {
    return mesh.config(namespace, instance)
        .map(ConsolePart::json)
        .orElseGet(
            () ->
                ApiErrors.notFound("workload " + namespace + "/" + instance + " is not connected"));
  }

  @Get("/graph")
  public HttpResponse graph() {
    return json(graph.graph());
  }

  @Get("/series")
  public HttpResponse series(
      @Param("edge") @Default("") String edge, @Param("service") @Default("") String service) {
    if (edge.isEmpty() == service.isEmpty()) {
      return ApiErrors.invalid("query: (expected: one of edge=ID and service=ID)");
    }
    return (edge.isEmpty()
            ? telemetry.rollups().serviceSeries(service)
            : telemetry.rollups().edgeSeries(edge))
        .map(series -> json(TraceJson.series(series)))
        .orElseGet(() -> ApiErrors.notFound(edge + service + " has had no calls"));
  }

  @Get("/traces")
  public HttpResponse traces(
      @Param("service") @Default("") String service,
      @Param("limit") @Default("50") int limit,
      @Param("error") @Default("false") boolean error) {
    Predicate<Trace> wanted =
        trace ->
            (service.isEmpty() || trace.services().contains(service)) && (!error || trace.error());
    return json(object().set("traces", traces.recent(wanted, bounded(limit))));
  }

  @Get("/traces/{id}")
  public HttpResponse trace(@Param("id") String id) {
    return telemetry
        .traces()
        .find(id)
        .map(trace -> json(TraceJson.trace(trace)))
        .orElseGet(() -> ApiErrors.notFound("trace " + id + " is not kept any more, or never was"));
  }

  @Get("/causes")
  public HttpResponse causes(@Param("service") String service) {
    return json(causes.of(service));
  }

  @Get("/refusals")
  public HttpResponse refusals(@Param("limit") @Default("100") int limit) {
    return json(traces.refusals(bounded(limit)));
  }

  @Get("/onboarding")
  public HttpResponse onboarding(ServiceRequestContext request) {
    return json(status.onboarding(request.sessionProtocol().isTls() ? "https" : "http"));
  }

  private HttpResponse download(
      ServiceRequestContext ctx, com.linecorp.armeria.common.HttpRequest request) throws Exception {
    return agentJar.file().isPresent()
        ? HttpFile.of(agentJar.file().get()).asService().serve(ctx, request)
        : ApiErrors.notFound("this controller was started without --agent-jar");
  }

  private ObjectNode state(long sequence) {
    ObjectNode state = object().put("sequence", sequence);
    // Without the session, which is another one for each reader.
    state.set("status", status.status());
    state.set("services", mesh.services());
    state.set("workloads", mesh.workloads());
    state.set("graph", graph.graph());
    state.set("traces", traces.recent(trace -> true, NEWEST));
    state.set("refusals", traces.refusals(NEWEST));
    state.set("resources", mesh.resources());
    return state;
  }

  private static int bounded(int limit) {
    return Math.max(1, Math.min(limit, MAX_LIST));
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static HttpResponse json(JsonNode body) {
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, body.toString());
  }
}
