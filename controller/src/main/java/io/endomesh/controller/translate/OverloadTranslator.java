package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import com.google.protobuf.util.Durations;
import io.endomesh.controller.kinds.OverloadPolicy;
import io.endomesh.dataplane.identity.SpiffeId;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency;
import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.GradientControllerConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import org.jspecify.annotations.Nullable;

/**
 * The OverloadPolicy of a workload as Envoy's AdaptiveConcurrency filter, with the policy's name.
 * How urgent calls are, for which Envoy has no word, stands in the listener's metadata. Stateless.
 */
final class OverloadTranslator {

  /** Of Envoy's own example: ten changes a second. */
  private static final int WINDOW_MILLIS = 100;

  /** Likewise. */
  private static final int MEASURE_EVERY_SECONDS = 60;

  private OverloadTranslator() {}

  /** The oldest one for the workload; of two, one limit cannot obey both. */
  static @Nullable OverloadPolicy of(MeshModel model, Scope workload) {
    return model.catalog().overloadPolicies().stream()
        .filter(
            policy ->
                PolicyTargets.include(
                    workload, model, policy.metadata().namespace(), policy.services()))
        .findFirst()
        .orElse(null);
  }

  static HttpFilter filter(OverloadPolicy policy) {
    GradientControllerConfig.Builder gradient = GradientControllerConfig.newBuilder();
    gradient
        .getConcurrencyLimitParamsBuilder()
        .setMaxConcurrencyLimit(UInt32Value.of(policy.max()))
        .setConcurrencyUpdateInterval(Durations.fromMillis(WINDOW_MILLIS));
    gradient
        .getMinRttCalcParamsBuilder()
        .setInterval(Durations.fromSeconds(MEASURE_EVERY_SECONDS))
        .setMinConcurrency(UInt32Value.of(policy.min()));
    return HttpFilter.newBuilder()
        .setName("OverloadPolicy/" + policy.metadata().namespace() + "/" + policy.metadata().name())
        .setTypedConfig(
            Any.pack(
                AdaptiveConcurrency.newBuilder().setGradientControllerConfig(gradient).build()))
        .build();
  }

  static Metadata metadata(OverloadPolicy policy, String trustDomain) {
    ListValue.Builder callers = ListValue.newBuilder();
    for (OverloadPolicy.Caller caller : policy.callers()) {
      callers.addValues(
          struct(
              Struct.newBuilder()
                  .putFields("identity", text(identity(caller, trustDomain)))
                  .putFields(
                      "urgency", Value.newBuilder().setNumberValue(caller.urgency()).build())));
    }
    Struct.Builder urgency = Struct.newBuilder();
    if (policy.urgencyHeader() != null) {
      urgency.putFields("header", text(policy.urgencyHeader()));
    }
    urgency.putFields("callers", Value.newBuilder().setListValue(callers).build());
    return Metadata.newBuilder()
        .putFilterMetadata(
            "endomesh", Struct.newBuilder().putFields("urgency", struct(urgency)).build())
        .build();
  }

  /** A SPIFFE id; or the beginning of those of a namespace, which a / at its end tells. */
  private static String identity(OverloadPolicy.Caller caller, String trustDomain) {
    return caller.service() == null
        ? "spiffe://" + trustDomain + "/ns/" + caller.namespace() + "/"
        : SpiffeId.of(trustDomain, caller.namespace(), caller.service());
  }

  private static Value struct(Struct.Builder struct) {
    return Value.newBuilder().setStructValue(struct).build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}
