package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.OutlierDetection;
import java.util.HashSet;
import java.util.Set;

/** What ring hash and Maglev promise both. */
abstract class HashedBalancing extends Conformance {

  static final int KEYS = 20_000;

  abstract Balancing balancing();

  /** The same keys in each run. */
  long[] keys() {
    return random.longs(KEYS).toArray();
  }

  Endpoint owner(Cluster cluster, long key) {
    return cluster.pick(NONE_TRIED, key, clock.getAsLong());
  }

  /** Keys with different owners in two clusters, other than those that the lost endpoint had. */
  int movedWithoutNeed(Cluster before, Cluster after, Endpoint lost) {
    int moved = 0;
    for (long key : keys()) {
      Endpoint owner = owner(before, key);
      moved += owner != lost && owner(after, key) != owner ? 1 : 0;
    }
    return moved;
  }

  void eject(Cluster cluster, Endpoint endpoint) {
    outcomes(cluster, endpoint, 1, answer(500));
    assertThat(endpoint.load().health().ejected()).isTrue();
  }

  Cluster ejecting(Endpoint... endpoints) {
    return cluster(
        balancing(),
        Limits.DEFAULT,
        new OutlierDetection(1, 0, 0, seconds(10), seconds(30), seconds(300), 100, null, null),
        endpoints);
  }

  void assertEqualHashesGoToOneEndpoint() {
    Cluster cluster = balanced(balancing(), endpoints(10));
    for (long key : keys()) {
      assertThat(owner(cluster, key)).isSameAs(owner(cluster, key));
    }
  }

  void assertTheOrderOfEndpointsDoesNotMatter() {
    Endpoint[] ten = endpoints(10);
    Endpoint[] turned = new Endpoint[10];
    for (int i = 0; i < 10; i++) {
      turned[i] = ten[9 - i];
    }
    assertThat(movedWithoutNeed(balanced(balancing(), ten), balanced(balancing(), turned), one))
        .isZero();
  }

  void assertAnEjectedEndpointMovesOnlyItsOwn() {
    Endpoint[] ten = endpoints(10);
    Cluster cluster = ejecting(ten);
    long[] keys = keys();
    Endpoint[] before = new Endpoint[KEYS];
    for (int i = 0; i < KEYS; i++) {
      before[i] = owner(cluster, keys[i]);
    }
    eject(cluster, ten[4]);
    Set<Endpoint> heirs = new HashSet<>();
    for (int i = 0; i < KEYS; i++) {
      Endpoint now = owner(cluster, keys[i]);
      if (before[i] == ten[4]) {
        heirs.add(now);
      } else {
        assertThat(now).isSameAs(before[i]);
      }
    }
    // Those of the lost one are shared out among the others.
    assertThat(heirs).hasSize(9).doesNotContain(ten[4]);
  }
}
