package io.endomesh.xds.translate;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.endomesh.dataplane.cluster.OutlierDetection;
import io.endomesh.dataplane.cluster.OutlierDetection.FailurePercentage;
import io.endomesh.dataplane.cluster.OutlierDetection.SuccessRate;
import org.jspecify.annotations.Nullable;

/** Envoy's OutlierDetection to ours; what is not set has Envoy's default. Stateless. */
final class OutlierTranslator {

  /** Envoy {@code consecutive_gateway_failure} and {@code consecutive_local_origin_failure}. */
  private static final int DEFAULT_CONSECUTIVE_FAILURES = 5;

  private static final int OFF = 0;

  private OutlierTranslator() {}

  /** Null if it never ejects anybody. */
  static @Nullable OutlierDetection translate(
      String field, io.envoyproxy.envoy.config.cluster.v3.OutlierDetection message)
      throws InvalidResource {
    int maxPercent =
        message.hasMaxEjectionPercent()
            ? Numbers.within(
                field + ".max_ejection_percent",
                Integer.toUnsignedLong(message.getMaxEjectionPercent().getValue()),
                0,
                100)
            : OutlierDetection.DEFAULT_MAX_EJECTION_PERCENT;
    OutlierDetection detection =
        new OutlierDetection(
            enforced(
                    field + ".enforcing_consecutive_5xx",
                    message.hasEnforcingConsecutive5Xx(),
                    message.getEnforcingConsecutive5Xx(),
                    true)
                ? Numbers.count(
                    message.hasConsecutive5Xx(),
                    message.getConsecutive5Xx(),
                    OutlierDetection.DEFAULT_CONSECUTIVE_5XX)
                : OFF,
            enforced(
                    field + ".enforcing_consecutive_gateway_failure",
                    message.hasEnforcingConsecutiveGatewayFailure(),
                    message.getEnforcingConsecutiveGatewayFailure(),
                    false)
                ? Numbers.count(
                    message.hasConsecutiveGatewayFailure(),
                    message.getConsecutiveGatewayFailure(),
                    DEFAULT_CONSECUTIVE_FAILURES)
                : OFF,
            localFailures(field, message),
            duration(
                field + ".interval",
                message.hasInterval(),
                message.getInterval(),
                OutlierDetection.DEFAULT_INTERVAL_NANOS),
            duration(
                field + ".base_ejection_time",
                message.hasBaseEjectionTime(),
                message.getBaseEjectionTime(),
                OutlierDetection.DEFAULT_BASE_EJECTION_NANOS),
            duration(
                field + ".max_ejection_time",
                message.hasMaxEjectionTime(),
                message.getMaxEjectionTime(),
                OutlierDetection.DEFAULT_MAX_EJECTION_NANOS),
            maxPercent,
            successRate(field, message),
            failurePercentage(field, message));
    // One endpoint may always go, so nobody may is said by no detection at all.
    return maxPercent == 0 && !message.getAlwaysEjectOneHost().getValue() ? null : detection;
  }

  /** They are only told from other errors if that is asked for (Envoy). */
  private static int localFailures(
      String field, io.envoyproxy.envoy.config.cluster.v3.OutlierDetection message)
      throws InvalidResource {
    boolean enforced =
        enforced(
            field + ".enforcing_consecutive_local_origin_failure",
            message.hasEnforcingConsecutiveLocalOriginFailure(),
            message.getEnforcingConsecutiveLocalOriginFailure(),
            true);
    return message.getSplitExternalLocalOriginErrors() && enforced
        ? Numbers.count(
            message.hasConsecutiveLocalOriginFailure(),
            message.getConsecutiveLocalOriginFailure(),
            DEFAULT_CONSECUTIVE_FAILURES)
        : OFF;
  }

  private static @Nullable SuccessRate successRate(
      String field, io.envoyproxy.envoy.config.cluster.v3.OutlierDetection message)
      throws InvalidResource {
    boolean enforced =
        enforced(
            field + ".enforcing_success_rate",
            message.hasEnforcingSuccessRate(),
            message.getEnforcingSuccessRate(),
            true);
    return enforced
        ? new SuccessRate(
            Numbers.count(
                message.hasSuccessRateMinimumHosts(),
                message.getSuccessRateMinimumHosts(),
                SuccessRate.DEFAULT.minHosts()),
            requestVolume(
                field + ".success_rate_request_volume",
                message.hasSuccessRateRequestVolume(),
                message.getSuccessRateRequestVolume(),
                SuccessRate.DEFAULT.requestVolume()),
            Numbers.count(
                message.hasSuccessRateStdevFactor(),
                message.getSuccessRateStdevFactor(),
                SuccessRate.DEFAULT.stdevFactorThousandths()))
        : null;
  }

  private static @Nullable FailurePercentage failurePercentage(
      String field, io.envoyproxy.envoy.config.cluster.v3.OutlierDetection message)
      throws InvalidResource {
    boolean enforced =
        enforced(
            field + ".enforcing_failure_percentage",
            message.hasEnforcingFailurePercentage(),
            message.getEnforcingFailurePercentage(),
            false);
    int threshold =
        message.hasFailurePercentageThreshold()
            ? Numbers.within(
                field + ".failure_percentage_threshold",
                Integer.toUnsignedLong(message.getFailurePercentageThreshold().getValue()),
                1,
                100)
            : FailurePercentage.DEFAULT.thresholdPercent();
    return enforced
        ? new FailurePercentage(
            threshold,
            Numbers.count(
                message.hasFailurePercentageMinimumHosts(),
                message.getFailurePercentageMinimumHosts(),
                FailurePercentage.DEFAULT.minHosts()),
            requestVolume(
                field + ".failure_percentage_request_volume",
                message.hasFailurePercentageRequestVolume(),
                message.getFailurePercentageRequestVolume(),
                FailurePercentage.DEFAULT.requestVolume()))
        : null;
  }

  /** At least one call: of none there is no rate. */
  private static int requestVolume(String field, boolean present, UInt32Value value, int otherwise)
      throws InvalidResource {
    return Numbers.within(field, Numbers.count(present, value, otherwise), 1, Integer.MAX_VALUE);
  }

  /** Envoy draws lots between 0 and 100, to bring a rule in slowly; we do or do not. */
  private static boolean enforced(
      String field, boolean present, UInt32Value value, boolean otherwise) throws InvalidResource {
    if (!present) {
      return otherwise;
    }
    if (value.getValue() != 0 && value.getValue() != 100) {
      throw new InvalidResource(
          field + ": " + Integer.toUnsignedString(value.getValue()) + " (expected: 0 or 100)");
    }
    return value.getValue() == 100;
  }

  private static long duration(String field, boolean present, Duration value, long otherwise)
      throws InvalidResource {
    return present ? Messages.positiveNanos(field, value) : otherwise;
  }
}
