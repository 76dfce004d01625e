package io.endomesh.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TelemetrySettingsTest {

  private final List<String> problems = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({"0, 0", "0.25, 0.25", "' 1 ', 1"})
  void sampling_betweenZeroAndOne_isTaken(String text, double ratio) {
    assertThat(TelemetrySettings.of(text, null, null, "1", problems::add).samplingRatio())
        .isEqualTo(ratio);
    assertThat(problems).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "all", "-0.1", "1.01", "NaN"})
  void sampling_thatIsNoShare_isSaidAndTheDefaultKept(String text) {
    assertThat(TelemetrySettings.of(text, null, null, "1", problems::add).samplingRatio())
        .isEqualTo(1.0);
    assertThat(problems)
        .containsExactly(
            "telemetry.sampling: " + text + " (expected: a number from 0 to 1); keeping 1.0");
  }

  @Test
  void sampling_notSet_isTheDefault() {
    assertThat(TelemetrySettings.of(null, null, null, "1", problems::add).samplingRatio())
        .isEqualTo(1.0);
    assertThat(problems).isEmpty();
  }

  @Test
  void tracesPerSecond_number_isTaken() {
    assertThat(TelemetrySettings.of(null, "7", null, "1", problems::add).tracesPerSecond())
        .isEqualTo(7);
    assertThat(TelemetrySettings.of(null, null, null, "1", problems::add).tracesPerSecond())
        .isEqualTo(100);
    assertThat(problems).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "all", "-1", "0", "1.5"})
  void tracesPerSecond_thatIsNoNumber_isSaidAndTheDefaultKept(String text) {
    assertThat(TelemetrySettings.of(null, text, null, "1", problems::add).tracesPerSecond())
        .isEqualTo(100);
    assertThat(problems)
        .containsExactly(
            "telemetry.traces-per-second: "
                + text
                + " (expected: a whole number from 1; telemetry.sampling=0 begins no trace);"
                + " keeping 100");
  }

  @Test
  void propagation_names_areTakenInTheirOrder() {
    assertThat(
            TelemetrySettings.of(null, null, "b3;tracecontext", "1", problems::add).propagation())
        .containsExactly(Propagation.B3, Propagation.TRACECONTEXT);
    assertThat(TelemetrySettings.of(null, null, " b3multi , b3", "1", problems::add).propagation())
        .containsExactly(Propagation.B3MULTI, Propagation.B3);
    assertThat(TelemetrySettings.of(null, null, null, "1", problems::add).propagation())
        .containsExactly(Propagation.TRACECONTEXT);
    assertThat(problems).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "w3c", "b3,", "B3", "jaeger,tracecontext"})
  void propagation_thatNobodyKnows_isSaidAndTheDefaultKept(String text) {
    assertThat(TelemetrySettings.of(null, null, text, "1", problems::add).propagation())
        .containsExactly(Propagation.TRACECONTEXT);
    assertThat(problems)
        .containsExactly(
            "telemetry.propagation: "
                + text
                + " (expected: tracecontext, b3 or b3multi, or several of them); keeping"
                + " tracecontext");
  }
}
