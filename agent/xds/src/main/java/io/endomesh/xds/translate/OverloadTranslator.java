package io.endomesh.xds.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.dataplane.limit.Concurrency;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.limit.Urgency;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency;
import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.GradientControllerConfig;
import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.GradientControllerConfig.ConcurrencyLimitCalculationParams;
import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.GradientControllerConfig.MinimumRTTCalculationParams;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An AdaptiveConcurrency filter to {@link Overload.Rules}; its name is that of the policy. Envoy
 * has no word for the urgency of calls: {@code metadata.filter_metadata["endomesh"].urgency} of the
 * Listener holds it. Stateless.
 */
final class OverloadTranslator {

  private static final String FILTER =
      "envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency";

  private OverloadTranslator() {}

  static boolean understands(HttpFilter filter) {
    return Messages.is(filter.getTypedConfig(), FILTER);
  }

  /** Null if no filter asks for it. */
  static Overload.@Nullable Rules translate(List<HttpFilter> filters, Metadata metadata)
      throws InvalidResource {
    Overload.Rules rules = null;
    for (HttpFilter filter : filters) {
      if (!understands(filter)) {
        continue;
      }
      String field = "http_filters[" + filter.getName() + "]";
      if (rules != null) {
        throw new InvalidResource(field + ": a second one of its type (expected: at most one)");
      }
      AdaptiveConcurrency message =
          Messages.unpack(field, filter.getTypedConfig(), FILTER, AdaptiveConcurrency.parser());
      Messages.unsupported(
          field + ".concurrency_limit_exceeded_status",
          message.hasConcurrencyLimitExceededStatus());
      if (!message.hasEnabled() || message.getEnabled().getDefaultValue().getValue()) {
        rules =
            new Overload.Rules(
                filter.getName(),
                urgency(metadata),
                concurrency(
                    field + ".gradient_controller_config", message.getGradientControllerConfig()));
      }
    }
    return rules;
  }

  private static Concurrency concurrency(String field, GradientControllerConfig message)
      throws InvalidResource {
    ConcurrencyLimitCalculationParams limit = message.getConcurrencyLimitParams();
    MinimumRTTCalculationParams shortest = message.getMinRttCalcParams();
    Messages.unsupported(field + ".min_rtt_calc_params.fixed_value", shortest.hasFixedValue());
    try {
      return new Concurrency(
          Numbers.count(
              shortest.hasMinConcurrency(), shortest.getMinConcurrency(), Concurrency.DEFAULT_MIN),
          Numbers.count(
              limit.hasMaxConcurrencyLimit(),
              limit.getMaxConcurrencyLimit(),
              Concurrency.DEFAULT_MAX),
          message.hasSampleAggregatePercentile()
              ? Numbers.percent(
                  field + ".sample_aggregate_percentile", message.getSampleAggregatePercentile())
              : Concurrency.DEFAULT_PERCENTILE,
          Messages.positiveNanos(
              field + ".concurrency_limit_params.concurrency_update_interval",
              limit.getConcurrencyUpdateInterval()),
          Messages.positiveNanos(field + ".min_rtt_calc_params.interval", shortest.getInterval()),
          shortest.hasJitter()
              ? Numbers.percent(field + ".min_rtt_calc_params.jitter", shortest.getJitter())
              : Concurrency.DEFAULT_JITTER_PERCENT,
          Numbers.count(
              shortest.hasRequestCount(),
              shortest.getRequestCount(),
              Concurrency.DEFAULT_MEASURE_CALLS),
          shortest.hasBuffer()
              ? Numbers.percent(field + ".min_rtt_calc_params.buffer", shortest.getBuffer())
              : Concurrency.DEFAULT_BUFFER_PERCENT);
    } catch (IllegalArgumentException e) {
      throw new InvalidResource(field + ": " + e.getMessage());
    }
  }

  private static Urgency urgency(Metadata metadata) throws InvalidResource {
    Struct ours = metadata.getFilterMetadataOrDefault("endomesh", Struct.getDefaultInstance());
    Struct message = field(ours, "urgency").getStructValue();
    String header = field(message, "header").getStringValue();
    List<Urgency.CallerClass> callers = new ArrayList<>();
    for (Value value : field(message, "callers").getListValue().getValuesList()) {
      Struct caller = value.getStructValue();
      callers.add(
          new Urgency.CallerClass(
              field(caller, "identity").getStringValue(),
              Numbers.within(
                  "metadata.endomesh.urgency.callers.urgency",
                  (long) field(caller, "urgency").getNumberValue(),
                  0,
                  Urgency.LEAST)));
    }
    return new Urgency(header.isEmpty() ? null : header.toLowerCase(Locale.ROOT), callers);
  }

  private static Value field(Struct struct, String name) {
    return struct.getFieldsOrDefault(name, Value.getDefaultInstance());
  }
}
