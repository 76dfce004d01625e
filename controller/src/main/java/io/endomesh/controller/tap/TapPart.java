package io.endomesh.controller.tap;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.access.Access;
import io.endomesh.controller.access.Right;
import io.endomesh.controller.audit.AuditLog;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.store.Actor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows single calls as they end, as docs/api.md has it. Thread-safe. */
public final class TapPart implements ControllerPart {

  private static final Logger log = LoggerFactory.getLogger(TapPart.class);

  private static final long PERIOD_SECONDS = 1;

  /** A third of the time after which an agent stops by itself. */
  private static final int PERIODS_TO_REFRESH = 10;

  /** Records on their way to somebody who reads slowly. */
  private static final int MAX_PENDING = 500;

  private static final int MAX_LIST = 1_000;

  private final TapHub hub;
  private final Access access;
  private final AuditLog audit;
  private final Map<Viewer, Open> open = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer;
  // By the timer's thread only.
  private int periods;

  /** A stream that somebody reads. */
  private record Open(
      HttpResponseWriter writer, AtomicInteger pending, BooleanSupplier admitted, Runnable end) {}

  public TapPart(TapHub hub, Access access, AuditLog audit) {
    this.hub = hub;
    this.access = access;
    this.audit = audit;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "endomesh-tap");
              thread.setDaemon(true);
              return thread;
            });
    timer.scheduleAtFixedRate(this::tick, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.route().get("/api/v1/tap").build(this::tap);
    server.route().get("/api/v1/access-records").build(this::recent);
  }

  private HttpResponse tap(ServiceRequestContext context, HttpRequest request) {
    TapQuery query;
    try {
      query = TapQuery.of(QueryParams.fromQueryString(context.query()));
    } catch (IllegalArgumentException e) {
      return ApiErrors.invalid(String.valueOf(e.getMessage()));
    }
    HttpResponseWriter writer = HttpResponse.streaming();
    AtomicInteger pending = new AtomicInteger();
    Viewer[] self = new Viewer[1];
    Viewer viewer = hub.open(query, event -> write(writer, pending, event, self));
    if (viewer == null) {
      writer.close();
      return ApiErrors.response(
          HttpStatus.TOO_MANY_REQUESTS,
          "too-many",
          TapHub.MAX_VIEWERS + " taps are open already (expected: at most so many; close one)");
    }
    self[0] = viewer;
    context.clearRequestTimeout();
    Actor actor = Access.actor(context);
    audit.note(actor.did("tap.start", query.text()));
    Runnable end =
        () -> {
          open.remove(viewer);
          if (hub.close(viewer)) {
            audit.note(actor.did("tap.end", query.text()));
          }
        };
    writer.write(
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(MediaType.EVENT_STREAM)
            .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
            .set("x-accel-buffering", "no")
            .build());
    writer.write(HttpData.ofUtf8(viewer.status(hub.lines(viewer))));
    open.put(
        viewer,
        new Open(
            writer, pending, () -> access.isStill(context, request.headers(), Right.TAP), end));
    writer
        .whenComplete()
        .handle(
            (done, broken) -> {
              end.run();
              return null;
            });
    return writer;
  }

  private static void write(
      HttpResponseWriter writer, AtomicInteger pending, String event, Viewer[] self) {
    if (pending.get() >= MAX_PENDING || !writer.tryWrite(HttpData.ofUtf8(event))) {
      if (self[0] != null) {
        self[0].missed();
      }
      return;
    }
    pending.incrementAndGet();
    writer.whenConsumed().handle((done, broken) -> pending.decrementAndGet());
  }

  private HttpResponse recent(ServiceRequestContext context, HttpRequest request) {
    String service = String.valueOf(context.queryParams().get("service", ""));
    int limit = context.queryParams().getInt("limit", 100);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode records = answer.putArray("records");
    hub.recent()
        .of(service, Math.max(1, Math.min(limit, MAX_LIST)))
        .forEach(record -> records.addRawValue(new RawValue(record)));
    audit.note(Access.actor(context).did("tap.read", service));
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, answer.toString());
  }

  private void tick() {
    try {
      open.forEach(this::tick);
      if (++periods % PERIODS_TO_REFRESH == 0) {
        hub.refresh();
      }
    } catch (RuntimeException e) {
      // The timer would never run again.
      log.warn("Those who look at calls were told nothing this second", e);
    }
  }

  private void tick(Viewer viewer, Open stream) {
    if (!stream.admitted().getAsBoolean()) {
      // At once: what comes meanwhile is not for them any more.
      stream.end().run();
      if (stream.writer().tryWrite(HttpData.ofUtf8("event: logout\ndata: {}\n\n"))) {
        stream.writer().close();
      }
    } else if (stream.pending().get() < MAX_PENDING) {
      // False: they have gone, and their stream is taken out.
      var unused = stream.writer().tryWrite(HttpData.ofUtf8(viewer.status(hub.lines(viewer))));
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    open.values().forEach(stream -> stream.writer().close());
  }
}
