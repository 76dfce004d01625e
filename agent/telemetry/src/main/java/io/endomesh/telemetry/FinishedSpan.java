package io.endomesh.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.InstrumentationLibraryInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.util.List;

/** An observation as the OTLP marshaler wants to see a span. Immutable. */
final class FinishedSpan implements SpanData {

  private static final InstrumentationScopeInfo SCOPE =
      InstrumentationScopeInfo.create(Telemetry.SCOPE);

  private final Observed observed;
  private final Resource resource;
  private final Attributes attributes;

  FinishedSpan(Observed observed, Resource resource) {
    this.observed = observed;
    this.resource = resource;
    this.attributes = SpanAttributes.of(observed);
  }

  @Override
  public String getName() {
    return SpanAttributes.name(observed);
  }

  @Override
  public SpanKind getKind() {
    return observed instanceof ObservedRequest ? SpanKind.SERVER : SpanKind.CLIENT;
  }

  @Override
  public SpanContext getSpanContext() {
    return observed.span;
  }

  @Override
  public SpanContext getParentSpanContext() {
    return observed.parent;
  }

  /** The error itself is in {@code error.type}; a message could hold what nobody should read. */
  @Override
  public StatusData getStatus() {
    return observed.errorType == null ? StatusData.unset() : StatusData.error();
  }

  @Override
  public long getStartEpochNanos() {
    return observed.startEpochNanos;
  }

  @Override
  public long getEndEpochNanos() {
    return observed.endEpochNanos();
  }

  @Override
  public Attributes getAttributes() {
    return attributes;
  }

  @Override
  public List<EventData> getEvents() {
    return List.of();
  }

  @Override
  public List<LinkData> getLinks() {
    return List.of();
  }

  @Override
  public boolean hasEnded() {
    return true;
  }

  @Override
  public int getTotalRecordedEvents() {
    return 0;
  }

  @Override
  public int getTotalRecordedLinks() {
    return 0;
  }

  @Override
  public int getTotalAttributeCount() {
    return attributes.size();
  }

  @Override
  @Deprecated
  public InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
    return InstrumentationLibraryInfo.create(SCOPE.getName(), SCOPE.getVersion());
  }

  @Override
  public InstrumentationScopeInfo getInstrumentationScopeInfo() {
    return SCOPE;
  }

  @Override
  public Resource getResource() {
    return resource;
  }
}
