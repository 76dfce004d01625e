package io.endomesh.controller.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.proto.v1.ControllerMessage;
import io.endomesh.proto.v1.Tap;
import io.endomesh.proto.v1.TapReport;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept though nobody taps, and how much of it. */
class KeptRecordsTest {

  private final List<ControllerMessage> asked = new ArrayList<>();

  @Test
  void share_isAskedOfEveryWorkload_andKept() {
    TapHub hub = hub(16, 0.01);
    TapHub.Line orders = joined(hub, "orders");
    joined(hub, "stock");

    assertThat(asked).hasSize(2);
    Tap tap = asked.get(0).getTaps().getTaps(0);
    assertThat(tap.getShare()).isEqualTo(0.01);
    assertThat(tap.getPerSecond()).isEqualTo(20);
    assertThat(tap.getHeadersList()).isEmpty();
    assertThat(tap.getQueryList()).isEmpty();

    orders.reported(report(tap.getId(), "/a"));
    assertThat(hub.recent().of("shop/orders", 9)).singleElement().asString().contains("/a");
  }

  @Test
  void share_isNoneOfTheEight_andGoesOnWithoutThem() {
    TapHub hub = hub(16, 0.5);
    joined(hub, "orders");
    List<Viewer> viewers = new ArrayList<>();
    for (int i = 0; i < TapHub.MAX_VIEWERS; i++) {
      viewers.add(hub.open(query(), event -> {}));
    }
    assertThat(viewers).doesNotContainNull();
    assertThat(hub.open(query(), event -> {})).isNull();
    viewers.forEach(hub::close);

    assertThat(last().getTaps().getTapsList()).singleElement().satisfies(KeptRecordsTest::isShare);
    asked.clear();
    hub.refresh();
    assertThat(asked).hasSize(1);
  }

  private static void isShare(Tap tap) {
    assertThat(tap.getShare()).isEqualTo(0.5);
  }

  @Test
  void share_byDefault_isNotAskedFor() {
    TapHub hub = new TapHub(AccessRecordOptions.DEFAULT, () -> 0, Clock.systemUTC());
    joined(hub, "orders");
    hub.refresh();
    assertThat(asked).isEmpty();
  }

  @Test
  void record_withoutATimeThatIsOne_getsTheControllers() {
    TapHub hub = hub(16, 1);
    TapHub.Line orders = joined(hub, "orders");
    String id = last().getTaps().getTaps(0).getId();
    for (String time : List.of("", ",\"time\":\"soon\"", ",\"time\":7")) {
      orders.reported(
          TapReport.newBuilder().setId(id).addRecords("{\"side\":\"server\"" + time + "}").build());
      assertThat(hub.recent().of("", 1).get(0)).contains("\"time\":\"2").doesNotContain("soon");
    }
  }

  @Test
  void memory_none_keepsNothing() {
    TapHub hub = hub(0, 0);
    TapHub.Line orders = joined(hub, "orders");
    Viewer viewer = hub.open(query(), event -> {});
    orders.reported(report(last().getTaps().getTaps(0).getId(), "/a"));
    assertThat(viewer).isNotNull();
    assertThat(viewer.status(List.of(orders))).contains("\"told\":1");
    assertThat(hub.recent().of("", 9)).isEmpty();
  }

  @Test
  void memory_little_keepsTheNewest() {
    TapHub hub = hub(1, 1);
    TapHub.Line orders = joined(hub, "orders");
    String id = last().getTaps().getTaps(0).getId();
    String filler = "x".repeat(20_000);
    for (int i = 0; i < 100; i++) {
      orders.reported(report(id, "/" + i + filler));
    }
    List<String> kept = hub.recent().of("shop/orders", 1_000);
    assertThat(kept).hasSizeBetween(20, 26);
    assertThat(kept.get(0)).contains("\"/99x");
  }

  @Test
  void options_thatMakeNoSense_areNamed() {
    assertThatThrownBy(() -> new AccessRecordOptions(-1, 0))
        .hasMessage("access-records-memory: -1 (expected: megabytes from 0 to 1024)");
    assertThatThrownBy(() -> new AccessRecordOptions(16, 1.5))
        .hasMessage("access-records-share: 1.5 (expected: from 0 to 1)");
    assertThatThrownBy(() -> new AccessRecordOptions(16, Double.NaN))
        .hasMessageStartingWith("access-records-share: NaN");
    assertThatThrownBy(() -> new AccessRecordOptions(0, 0.1))
        .hasMessageContaining("access-records-memory above 0");
  }

  private static TapHub hub(int megabytes, double share) {
    return new TapHub(new AccessRecordOptions(megabytes, share), () -> 0, Clock.systemUTC());
  }

  private TapHub.Line joined(TapHub hub, String service) {
    return hub.joined("shop", service, service + "-1", "1.0", asked::add);
  }

  private ControllerMessage last() {
    return asked.get(asked.size() - 1);
  }

  private static TapQuery query() {
    return TapQuery.of(com.linecorp.armeria.common.QueryParams.of("service", "shop/orders"));
  }

  private static TapReport report(String id, String path) {
    return TapReport.newBuilder().setId(id).addRecords("{\"url.path\":\"" + path + "\"}").build();
  }
}
