package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Maglev")
class MaglevTest extends HashedBalancing {

  @Override
  Balancing balancing() {
    return new Balancing.Maglev(Balancing.Maglev.DEFAULT_TABLE_SIZE);
  }

  @Test
  @DisplayName("equal hashes go to the same endpoint (Envoy MAGLEV)")
  void sticks() {
    assertEqualHashesGoToOneEndpoint();
  }

  @Test
  @DisplayName("it does not matter in which order endpoints are listed (Envoy sorts them)")
  void order() {
    assertTheOrderOfEndpointsDoesNotMatter();
  }

  @Test
  @DisplayName("an ejected endpoint moves its own requests and no others, and to all of the others")
  void ejection() {
    assertAnEjectedEndpointMovesOnlyItsOwn();
  }

  @Test
  @DisplayName(
      "each endpoint has the same share of the table of 65537, to six standard deviations of the"
          + " requests (Eisenbud et al. 2016, 3.4)")
  void spread_isEven() {
    spread(balanced(balancing(), endpoints(10)), KEYS)
        .forEach((endpoint, count) -> assertShare(count, KEYS, 0.1));
  }

  @Test
  @DisplayName(
      "if one of ten leaves, less than 5 % of the requests of the others move (Eisenbud et al."
          + " 2016, 5.3)")
  void leave() {
    Endpoint[] ten = endpoints(10);
    Cluster after = balanced(balancing(), Arrays.copyOf(ten, 9));
    int moved = movedWithoutNeed(balanced(balancing(), ten), after, ten[9]);
    assertThat(moved).isBetween(1, KEYS / 20);
  }

  @Test
  @DisplayName("if an eleventh joins ten, less than 5 % of the requests move besides its own")
  void join() {
    Endpoint[] eleven = endpoints(11);
    Cluster before = balanced(balancing(), Arrays.copyOf(eleven, 10));
    int moved = movedWithoutNeed(before, balanced(balancing(), eleven), eleven[10]);
    assertThat(moved).isBetween(KEYS / 11, KEYS / 11 + KEYS / 20);
  }

  @Test
  @DisplayName(
      "an endpoint of weight 3 has three times the table, to six standard deviations (Envoy)")
  void weights() {
    Endpoint heavy = endpoint(1, 3, 0);
    int count = spread(balanced(balancing(), heavy, endpoint(2, 1, 0)), KEYS).get(heavy);
    assertShare(count, KEYS, 0.75);
  }
}
