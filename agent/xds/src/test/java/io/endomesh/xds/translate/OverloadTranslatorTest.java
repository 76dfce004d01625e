package io.endomesh.xds.translate;

import static io.endomesh.xds.Xds.any;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.endomesh.dataplane.limit.Concurrency;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.limit.Urgency;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.RuntimeFeatureFlag;
import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency;
import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.GradientControllerConfig;
import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.GradientControllerConfig.ConcurrencyLimitCalculationParams;
import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.GradientControllerConfig.MinimumRTTCalculationParams;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.Percent;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OverloadTranslatorTest {

  private static final String TYPE =
      "envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency";
  private static final String POLICY = "OverloadPolicy/shop/orders";

  private final AdaptiveConcurrency.Builder filter = AdaptiveConcurrency.newBuilder();

  private final GradientControllerConfig.Builder gradient = GradientControllerConfig.newBuilder();
  private final ConcurrencyLimitCalculationParams.Builder limit =
      ConcurrencyLimitCalculationParams.newBuilder()
          .setConcurrencyUpdateInterval(Duration.newBuilder().setNanos(100_000_000));
  private final MinimumRTTCalculationParams.Builder shortest =
      MinimumRTTCalculationParams.newBuilder().setInterval(Duration.newBuilder().setSeconds(60));

  private Overload.@Nullable Rules translate(Metadata metadata) throws InvalidResource {
    return OverloadTranslator.translate(List.of(http()), metadata);
  }

  private HttpFilter http() {
    gradient.setConcurrencyLimitParams(limit).setMinRttCalcParams(shortest);
    filter.setGradientControllerConfig(gradient);
    return HttpFilter.newBuilder()
        .setName(POLICY)
        .setTypedConfig(any(TYPE, filter.build()))
        .build();
  }

  private static Value struct(Struct.Builder struct) {
    return Value.newBuilder().setStructValue(struct).build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  @Test
  void filter_ofTwoTimesOnly_hasTheDefaultsOfEnvoy() throws Exception {
    assertThat(translate(Metadata.getDefaultInstance()))
        .isEqualTo(
            new Overload.Rules(
                POLICY,
                Urgency.NONE,
                new Concurrency(3, 1_000, 50, 100_000_000, 60_000_000_000L, 15, 50, 25)));
    assertThat(OverloadTranslator.translate(List.of(), Metadata.getDefaultInstance())).isNull();
  }

  @Test
  void filter_withAllFields_isReadWhole() throws Exception {
    gradient.setSampleAggregatePercentile(Percent.newBuilder().setValue(90));
    limit.setMaxConcurrencyLimit(UInt32Value.of(7));
    shortest
        .setJitter(Percent.newBuilder().setValue(1))
        .setRequestCount(UInt32Value.of(2))
        .setMinConcurrency(UInt32Value.of(4))
        .setBuffer(Percent.newBuilder().setValue(5));

    assertThat(translate(Metadata.getDefaultInstance()).settings())
        .isEqualTo(new Concurrency(4, 7, 90, 100_000_000, 60_000_000_000L, 1, 2, 5));
  }

  @Test
  void urgency_isReadFromTheMetadata() throws Exception {
    Struct.Builder caller =
        Struct.newBuilder()
            .putFields("identity", text("spiffe://td/ns/batch/"))
            .putFields("urgency", Value.newBuilder().setNumberValue(7).build());
    Struct.Builder urgency =
        Struct.newBuilder()
            .putFields("header", text("Priority"))
            .putFields(
                "callers",
                Value.newBuilder()
                    .setListValue(ListValue.newBuilder().addValues(struct(caller)))
                    .build());
    Metadata metadata =
        Metadata.newBuilder()
            .putFilterMetadata(
                "endomesh", Struct.newBuilder().putFields("urgency", struct(urgency)).build())
            .build();

    assertThat(translate(metadata).urgency())
        .isEqualTo(
            new Urgency("priority", List.of(new Urgency.CallerClass("spiffe://td/ns/batch/", 7))));
  }

  @Test
  void filter_thatIsDisabled_isNone() throws Exception {
    filter.setEnabled(RuntimeFeatureFlag.newBuilder().setDefaultValue(BoolValue.of(false)));

    assertThat(translate(Metadata.getDefaultInstance())).isNull();
  }

  @Test
  void filter_thatCannotBeObeyed_isRefusedByTheField() {
    shortest.clearInterval();
    assertRefused("min_rtt_calc_params.interval: 0 s (expected: > 0)");

    shortest
        .setInterval(Duration.newBuilder().setSeconds(60))
        .setMinConcurrency(UInt32Value.of(9_999));
    assertRefused("gradient_controller_config: concurrency from 9999 to 1000");

    filter.setConcurrencyLimitExceededStatus(HttpStatus.getDefaultInstance());
    assertRefused("concurrency_limit_exceeded_status is not supported");
    assertThatThrownBy(
            () ->
                OverloadTranslator.translate(
                    List.of(
                        http().toBuilder()
                            .setTypedConfig(any(TYPE, AdaptiveConcurrency.getDefaultInstance()))
                            .build(),
                        http()),
                    Metadata.getDefaultInstance()))
        .isInstanceOf(InvalidResource.class);
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> translate(Metadata.getDefaultInstance()))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining("http_filters[" + POLICY + "]")
        .hasMessageContaining(message);
  }
}
