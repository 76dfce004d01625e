package io.endomesh.controller.kinds;

import io.endomesh.controller.kinds.ResiliencePolicy.Outliers;
import io.endomesh.dataplane.cluster.OutlierDetection.FailurePercentage;
import io.endomesh.dataplane.cluster.OutlierDetection.SuccessRate;
import org.jspecify.annotations.Nullable;

/** The field {@code outlierDetection} of a ResiliencePolicy, in Envoy's words. */
final class OutlierFields {

  /** More instances, and calls of one in an interval, than anybody has. */
  private static final int MANY = 1_000_000;

  /** No endpoint is further below the mean than the number of endpoints allows; Envoy's is 1.9. */
  private static final double MAX_FACTOR = 100;

  private static final int THOUSANDTHS = 1_000;

  private OutlierFields() {}

  /** Null if absent. */
  static @Nullable Outliers read(Fields spec) {
    Fields fields = spec.optionalObject("outlierDetection");
    if (fields == null) {
      return null;
    }
    Outliers outliers = new Outliers(successRate(fields), failurePercentage(fields));
    if (outliers.successRate() == null && outliers.failurePercentage() == null) {
      throw fields.invalid(
          "successRate",
          "absent (expected: it, or failurePercentage; {} is one with all defaults)");
    }
    fields.rejectUnknown();
    return outliers;
  }

  private static @Nullable SuccessRate successRate(Fields outliers) {
    Fields fields = outliers.optionalObject("successRate");
    if (fields == null) {
      return null;
    }
    SuccessRate usual = SuccessRate.DEFAULT;
    double factor = (double) usual.stdevFactorThousandths() / THOUSANDTHS;
    SuccessRate rate =
        new SuccessRate(
            fields.integer("minimumHosts", 1, MANY, usual.minHosts()),
            fields.integer("requestVolume", 1, MANY, usual.requestVolume()),
            (int) Math.round(fields.decimal("stdevFactor", 0, MAX_FACTOR, factor) * THOUSANDTHS));
    fields.rejectUnknown();
    return rate;
  }

  private static @Nullable FailurePercentage failurePercentage(Fields outliers) {
    Fields fields = outliers.optionalObject("failurePercentage");
    if (fields == null) {
      return null;
    }
    FailurePercentage usual = FailurePercentage.DEFAULT;
    FailurePercentage percentage =
        new FailurePercentage(
            fields.integer("threshold", 1, 100, usual.thresholdPercent()),
            fields.integer("minimumHosts", 1, MANY, usual.minHosts()),
            fields.integer("requestVolume", 1, MANY, usual.requestVolume()));
    fields.rejectUnknown();
    return percentage;
  }
}
