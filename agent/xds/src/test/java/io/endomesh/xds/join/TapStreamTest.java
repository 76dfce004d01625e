package io.endomesh.xds.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.access.AccessRecords;
import io.endomesh.proto.v1.Tap;
import io.endomesh.proto.v1.TapReport;
import io.endomesh.proto.v1.Taps;
import io.endomesh.proto.v1.WorkloadMessage;
import io.endomesh.xds.runtime.ManualSerial;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TapStreamTest {

  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(100);

  private final ManualSerial serial = new ManualSerial();
  private final Mesh mesh = new Mesh(TestMesh.WORKLOAD);
  private final List<TapReport> reports = new ArrayList<>();
  private TapStream stream;

  @BeforeEach
  void observe() {
    mesh.observer(CallObserver.NONE);
    AccessRecords records = mesh.records();
    stream = new TapStream(records, serial);
  }

  @Test
  void taps_areAnsweredAtOnce_andCallsWithinATick() {
    ask(tap("1", "/v1/*"));
    assertThat(reports).singleElement().satisfies(first -> assertThat(first.getSeen()).isZero());
    reports.clear();

    serve("/v1/a");
    serve("/v2/a");
    serial.pass(TICK);

    assertThat(reports).hasSize(1);
    TapReport report = reports.get(0);
    assertThat(report.getId()).isEqualTo("1");
    assertThat(report.getSeen()).isEqualTo(2);
    assertThat(report.getMatched()).isEqualTo(1);
    assertThat(report.getRecordsList())
        .singleElement()
        .asString()
        .contains("\"url.path\":\"/v1/a\"");
  }

  @Test
  void taps_askedAgain_goOnWithTheirCounts() {
    ask(tap("1", ""));
    serve("/a");
    ask(tap("1", ""), tap("2", ""));
    serve("/a");
    serial.pass(TICK);

    assertThat(last("1").getSeen()).isEqualTo(2);
    assertThat(last("2").getSeen()).isEqualTo(1);
  }

  @Test
  void taps_notAskedAgain_endByThemselves() {
    ask(tap("1", ""));
    serial.pass(TimeUnit.SECONDS.toNanos(31));
    reports.clear();
    serve("/a");
    serial.pass(TimeUnit.SECONDS.toNanos(5));
    assertThat(reports).isEmpty();
  }

  @Test
  void taps_none_endAtOnce() {
    ask(tap("1", ""));
    ask();
    reports.clear();
    serve("/a");
    serial.pass(TimeUnit.SECONDS.toNanos(5));
    assertThat(reports).isEmpty();
  }

  @Test
  void taps_tooMany_areNotTakenOn() {
    Tap[] many = new Tap[20];
    for (int i = 0; i < many.length; i++) {
      many[i] = tap(String.valueOf(i), "");
    }
    ask(many);
    assertThat(reports).hasSize(9);
  }

  private TapReport last(String id) {
    return reports.stream()
        .filter(report -> report.getId().equals(id))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private static Tap tap(String id, String path) {
    return Tap.newBuilder().setId(id).setPath(path).setPerSecond(10).build();
  }

  private void serve(String path) {
    mesh.serve(TestRequest.get("web", path)).ended(200, Outcome.NOT_GRPC, null);
  }

  private void ask(Tap... taps) {
    Taps.Builder wanted = Taps.newBuilder().addAllTaps(List.of(taps));
    stream.received(
        wanted.setTtl(com.google.protobuf.Duration.newBuilder().setSeconds(30)).build(),
        (WorkloadMessage message) -> reports.add(message.getTapped()));
  }
}
