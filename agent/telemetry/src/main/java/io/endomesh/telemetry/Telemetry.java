package io.endomesh.telemetry;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.DatabaseCall;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.limit.CellRate;
import io.endomesh.dataplane.limit.Rate;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Telemetry of this JVM: watches the calls of the data plane and sends traces and metrics to the
 * controller. Costs nothing before the first call; then a thread starts, builds OpenTelemetry's SDK
 * while calls are noted in a queue, and exports once an interval. Thread-safe. A failure in here is
 * counted and logged once, and never reaches the call it was watching.
 */
public final class Telemetry implements CallObserver, AutoCloseable {

  static final String SCOPE = "io.endomesh";

  private final Workload workload;
  private final TelemetrySettings settings;
  private final OtlpSender sender;
  private final ThreadFactory threads;
  private final Consumer<String> log;
  private final LongSupplier nanoTime;
  private final EpochClock clock;
  private final Backlog backlog;
  private final LongAdder failures = new LongAdder();
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean complained = new AtomicBoolean();

  private volatile Supplier<@Nullable Instant> certificateEnd = () -> null;
  private volatile boolean closing;
  private volatile @Nullable Thread thread;
  private volatile @Nullable CallObserver observing;

  /**
   * @param sender the way to the controller
   * @param threads makes the telemetry thread, a daemon that no advice observes
   * @param log for refusals and for what goes wrong; must not block
   */
  public Telemetry(
      Workload workload,
      TelemetrySettings settings,
      OtlpSender sender,
      ThreadFactory threads,
      Consumer<String> log) {
    this(workload, settings, sender, threads, log, System::nanoTime, Clock.systemUTC());
  }

  Telemetry(
      Workload workload,
      TelemetrySettings settings,
      OtlpSender sender,
      ThreadFactory threads,
      Consumer<String> log,
      LongSupplier nanoTime,
      Clock wallClock) {
    this.workload = workload;
    this.settings = settings;
    this.sender = sender;
    this.threads = threads;
    this.log = log;
    this.nanoTime = nanoTime;
    this.clock = new EpochClock(nanoTime, wallClock);
    this.backlog = new Backlog(this::start);
  }

  /**
   * Tells when the workload's certificate ends, which is reported as well.
   *
   * @param end asked once an interval; null while there is none
   */
  public void certificateEnd(Supplier<@Nullable Instant> end) {
    certificateEnd = end;
  }

  /** Observations that were dropped because a queue was full, since the start. */
  public long dropped() {
    return backlog.droppedSpans() + backlog.droppedMeasurements();
  }

  /** Failures of telemetry itself that were kept from the application, since the start. */
  public long failures() {
    return failures.sum();
  }

  @Override
  public @Nullable Object attemptStarted(Attempt attempt) {
    if (attempt.call().request().protocol() == Protocol.TCP) {
      // The opening of a database connection: what is sent over it is observed as statements.
      return null;
    }
    try {
      return observing().attemptStarted(attempt);
    } catch (RuntimeException | LinkageError e) {
      failed(e);
      return null;
    }
  }

  @Override
  public void attemptEnded(Attempt attempt, @Nullable Object begun, Outcome outcome) {
    try {
      observing().attemptEnded(attempt, begun, outcome);
    } catch (RuntimeException | LinkageError e) {
      failed(e);
    }
  }

  @Override
  public void replied(Call call, Reply reply) {
    if (call.request().protocol() == Protocol.TCP) {
      return;
    }
    try {
      observing().replied(call, reply);
    } catch (RuntimeException | LinkageError e) {
      failed(e);
    }
  }

  @Override
  public CallContext served(InboundCall call) {
    try {
      return observing().served(call);
    } catch (RuntimeException | LinkageError e) {
      failed(e);
      return CallContext.EMPTY;
    }
  }

  @Override
  public @Nullable String traceId(CallContext context) {
    try {
      return observing().traceId(context);
    } catch (RuntimeException | LinkageError e) {
      failed(e);
      return null;
    }
  }

  @Override
  public @Nullable String traceId(Call call) {
    try {
      return observing().traceId(call);
    } catch (RuntimeException | LinkageError e) {
      failed(e);
      return null;
    }
  }

  @Override
  public void servedEnded(InboundCall call, Outcome outcome) {
    try {
      observing().servedEnded(call, outcome);
    } catch (RuntimeException | LinkageError e) {
      failed(e);
    }
  }

  @Override
  public @Nullable Object statementStarted(DatabaseCall call) {
    try {
      return observing().statementStarted(call);
    } catch (RuntimeException | LinkageError e) {
      failed(e);
      return null;
    }
  }

  @Override
  public void statementEnded(
      DatabaseCall call,
      @Nullable Object begun,
      long durationNanos,
      @Nullable Throwable error,
      @Nullable String sqlState) {
    try {
      observing().statementEnded(call, begun, durationNanos, error, sqlState);
    } catch (RuntimeException | LinkageError e) {
      failed(e);
    }
  }

  /**
   * Sends what is left, and ends the thread. Waits for it no longer than {@code patience}: a JVM
   * that exits does not wait for a controller.
   */
  public void close(Duration patience) throws InterruptedException {
    closing = true;
    Thread running = thread;
    if (running != null) {
      LockSupport.unpark(running);
      running.join(Math.max(1, patience.toMillis()));
    }
  }

  /** Ends the thread after a last export, without waiting for it. */
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
  }

  /** Its classes are loaded with the first call, not with the agent. */
  private CallObserver observing() {
    CallObserver known = observing;
    return known != null ? known : makeObserving();
  }

  private synchronized CallObserver makeObserving() {
    CallObserver known = observing;
    if (known == null) {
      Tracing tracing =
          new Tracing(
              settings.samplingRatio(),
              traceLimit(),
              nanoTime,
              OpenTelemetryAgent.inThisJvm(),
              settings.propagation());
      known = new Observing(tracing, clock, backlog);
      observing = known;
    }
    return known;
  }

  /** With a second's worth at once. */
  private CellRate traceLimit() {
    long second = TimeUnit.SECONDS.toNanos(1);
    int perSecond = (int) Math.min(settings.tracesPerSecond(), second);
    Rate rate = new Rate(perSecond, second, perSecond);
    return new CellRate(rate, /* buckets= */ 1, nanoTime.getAsLong());
  }

  private void start() {
    if (closing || !started.compareAndSet(false, true)) {
      return;
    }
    Thread starting = threads.newThread(this::run);
    thread = starting;
    starting.start();
  }

  private void run() {
    try {
      Exporter exporter = newExporter();
      while (!closing) {
        exportOnce(exporter);
        if (!closing) {
          LockSupport.parkNanos(this, settings.exportInterval().toNanos());
        }
      }
      exportOnce(exporter);
    } catch (InterruptedException e) {
      // Somebody wants this thread to end; what was not sent is lost with the JVM.
      Thread.currentThread().interrupt();
    } catch (RuntimeException | LinkageError e) {
      // Nothing would ever be sent: note no more, and let what is noted go.
      observing = CallObserver.NONE;
      failed(e);
    }
  }

  private void exportOnce(Exporter exporter) throws InterruptedException {
    try {
      clock.synchronize();
      exporter.export();
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private Exporter newExporter() {
    Resource resource = resource(workload, settings.agentVersion());
    Recorder recorder = new Recorder(resource, backlog, () -> certificateEnd.get());
    backlog.recordWith(recorder);
    return new Exporter(
        backlog, resource, recorder, new RefusalLog(log, nanoTime), sender, this::complain);
  }

  /**
   * The last export is not tried again: that it failed, because the JVM ended, tells nobody
   * anything.
   */
  private void complain(String problem) {
    if (!closing) {
      log.accept(problem);
    }
  }

  private static Resource resource(Workload workload, String agentVersion) {
    return Resource.getDefault()
        .merge(
            Resource.create(
                Attributes.builder()
                    .put(Names.SERVICE_NAME, workload.service())
                    .put(Names.SERVICE_NAMESPACE, workload.namespace())
                    .put(Names.SERVICE_INSTANCE_ID, workload.instance())
                    .put(Names.DISTRO_NAME, "endomesh")
                    .put(Names.DISTRO_VERSION, agentVersion)
                    .build()));
  }

  private void failed(Throwable error) {
    failures.increment();
    if (complained.compareAndSet(false, true)) {
      log.accept("telemetry: " + error + "; calls go on, further failures are only counted");
    }
  }
}
