package io.endomesh.telemetry;

import static java.lang.invoke.MethodType.methodType;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.function.Supplier;

/**
 * The OpenTelemetry Java agent in this JVM: the span it is in on the current thread, which ours are
 * children of, so that there is one trace whichever agent the command line names first. Read from
 * the API that it shares with all it instruments, on the boot class path under a name of its own.
 * Immutable and thread-safe.
 */
final class OpenTelemetryAgent implements Supplier<SpanContext> {

  private static final String API = "io.opentelemetry.javaagent.shaded.io.opentelemetry.api.trace.";

  private final MethodHandle current;
  private final MethodHandle isValid;
  private final MethodHandle traceId;
  private final MethodHandle spanId;
  private final MethodHandle flags;

  private OpenTelemetryAgent() throws ReflectiveOperationException {
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    Class<?> span = api("Span");
    Class<?> context = api("SpanContext");
    Class<?> traceFlags = api("TraceFlags");
    MethodHandle contextOf = lookup.findVirtual(span, "getSpanContext", methodType(context));
    MethodHandle flagsOf = lookup.findVirtual(context, "getTraceFlags", methodType(traceFlags));
    MethodHandle asByte = lookup.findVirtual(traceFlags, "asByte", methodType(byte.class));
    current =
        MethodHandles.filterReturnValue(
                lookup.findStatic(span, "current", methodType(span)), contextOf)
            .asType(methodType(Object.class));
    isValid = of(lookup.findVirtual(context, "isValid", methodType(boolean.class)));
    traceId = of(lookup.findVirtual(context, "getTraceId", methodType(String.class)));
    spanId = of(lookup.findVirtual(context, "getSpanId", methodType(String.class)));
    flags = of(MethodHandles.filterReturnValue(flagsOf, asByte));
  }

  /** What to ask for the current span; without that agent there is none. */
  static Supplier<SpanContext> inThisJvm() {
    try {
      return new OpenTelemetryAgent();
    } catch (ReflectiveOperationException | LinkageError alone) {
      return SpanContext::getInvalid;
    }
  }

  private static Class<?> api(String name) throws ClassNotFoundException {
    return Class.forName(API + name, /* initialize= */ false, /* loader= */ null);
  }

  private static MethodHandle of(MethodHandle method) {
    return method.asType(method.type().changeParameterType(0, Object.class));
  }

  /** Invalid if that agent is in no span here. */
  @Override
  public SpanContext get() {
    try {
      Object context = (Object) current.invokeExact();
      if (!(boolean) isValid.invokeExact(context)) {
        return SpanContext.getInvalid();
      }
      return SpanContext.create(
          (String) traceId.invokeExact(context),
          (String) spanId.invokeExact(context),
          TraceFlags.fromByte((byte) flags.invokeExact(context)),
          TraceState.getDefault());
    } catch (Throwable e) {
      throw new IllegalStateException("the OpenTelemetry agent's current span", e);
    }
  }
}
