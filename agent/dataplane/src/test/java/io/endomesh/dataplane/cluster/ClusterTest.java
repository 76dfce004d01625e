package io.endomesh.dataplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.TestMesh;
import java.net.ConnectException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterTest {

  private static final Endpoint[] NONE = {};

  private final Endpoint idle = TestMesh.endpoint(1);
  private final Endpoint busy = TestMesh.endpoint(2);

  @Test
  void pick_ofTwo_takesTheOneWithFewerInFlight() {
    Cluster cluster = TestMesh.cluster("c", idle, busy);
    busy.load().begin();
    for (int i = 0; i < 100; i++) {
      assertThat(cluster.pick(NONE, 7, 0)).isSameAs(idle);
    }
  }

  @Test
  void pick_heavierEndpoint_takesMoreInFlight() {
    Endpoint heavy = new Endpoint(busy.address(), null, Map.of(), 4, busy.load());
    Cluster cluster = TestMesh.cluster("c", idle, heavy);
    idle.load().begin();
    heavy.load().begin();
    heavy.load().begin();
    // (1 + 1) / 1 against (2 + 1) / 4.
    assertThat(cluster.pick(NONE, 7, 0)).isSameAs(heavy);
  }

  @Test
  void pick_triedBefore_prefersTheOther() {
    Cluster cluster = TestMesh.cluster("c", idle, busy);
    busy.load().begin();
    for (int i = 0; i < 100; i++) {
      assertThat(cluster.pick(new Endpoint[] {idle}, 7, 0)).isSameAs(busy);
    }
  }

  @Test
  void pick_allTried_stillPicks() {
    Cluster cluster = TestMesh.cluster("c", idle, busy);
    assertThat(cluster.pick(new Endpoint[] {idle, busy}, 7, 0)).isNotNull();
  }

  @Test
  void pick_justRefusedAConnection_isAvoidedForAWhile() {
    Cluster cluster = TestMesh.cluster("c", idle, busy);
    busy.load().begin();
    idle.load().outcome(refused(), false, 0);
    for (int i = 0; i < 100; i++) {
      assertThat(cluster.pick(NONE, 7, Load.AVOID_NANOS - 1)).isSameAs(busy);
    }
    assertThat(cluster.pick(NONE, 7, Load.AVOID_NANOS)).isSameAs(idle);
  }

  @Test
  void pick_none_isNull() {
    assertThat(TestMesh.cluster("c").pick(NONE, 7, 0)).isNull();
  }

  private static Outcome refused() {
    return new Outcome(0, Outcome.NOT_GRPC, new ConnectException("refused"), 0);
  }
}
