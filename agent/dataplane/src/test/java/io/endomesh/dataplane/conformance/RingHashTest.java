package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.XxHash64;
import io.endomesh.dataplane.route.HashPolicy;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.RoutePolicy;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Ring hash")
class RingHashTest extends HashedBalancing {

  @Override
  Balancing balancing() {
    return new Balancing.RingHash(
        Balancing.RingHash.DEFAULT_MIN_SIZE, Balancing.RingHash.DEFAULT_MAX_SIZE);
  }

  @Test
  @DisplayName("equal hashes go to the same endpoint (Envoy RING_HASH, Ketama)")
  void sticks() {
    assertEqualHashesGoToOneEndpoint();
  }

  @Test
  @DisplayName("it does not matter in which order endpoints are listed")
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
      "the ring has at least 1024 places, the same number for each of ten endpoints: shares"
          + " within four standard deviations of that (1/sqrt(103) each)")
  void spread_isFair() {
    Cluster cluster = balanced(balancing(), endpoints(10));
    double deviation = 0.1 / Math.sqrt(103);
    spread(cluster, KEYS)
        .forEach(
            (endpoint, count) ->
                assertThat(count / (double) KEYS).isCloseTo(0.1, Offset.offset(4 * deviation)));
  }

  @Test
  @DisplayName(
      "if one of ten leaves, less than a tenth of the requests of the others move: as many as"
          + " places are added to keep the size of the ring")
  void leave() {
    Endpoint[] ten = endpoints(10);
    Cluster after = balanced(balancing(), Arrays.copyOf(ten, 9));
    int moved = movedWithoutNeed(balanced(balancing(), ten), after, ten[9]);
    assertThat(moved).isBetween(1, KEYS / 10);
  }

  @Test
  @DisplayName("if an eleventh joins ten, less than two elevenths of the requests move")
  void join() {
    Endpoint[] eleven = endpoints(11);
    Cluster before = balanced(balancing(), Arrays.copyOf(eleven, 10));
    int moved = movedWithoutNeed(before, balanced(balancing(), eleven), eleven[10]);
    assertThat(moved).isBetween(KEYS / 22, KEYS * 2 / 11);
  }

  @Test
  @DisplayName(
      "an endpoint of weight 3 has three times the places, and so about three times the requests"
          + " (Envoy)")
  void weights() {
    Endpoint heavy = endpoint(1, 3, 0);
    Cluster cluster = balanced(balancing(), heavy, endpoint(2, 1, 0));
    // 256 places of the lighter one: four deviations of 1/sqrt(256) of its quarter.
    assertThat(spread(cluster, KEYS).get(heavy) / (double) KEYS)
        .isCloseTo(0.75, Offset.offset(0.25 * 4 / 16));
  }

  @Test
  @DisplayName("a request with nothing to hash goes anywhere (Envoy: a random hash)")
  void noHash() {
    publish(
        TestMesh.route(
            balanced(balancing(), one, two),
            RoutePolicy.DEFAULT.withStickiness(List.of(new HashPolicy.Header("x-user")), null)));
    Set<Endpoint> taken = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      taken.add(attempt(begin()).endpoint());
    }
    assertThat(taken).containsExactlyInAnyOrder(one, two);
  }

  @ParameterizedTest
  @CsvSource({"header", "cookie", "query"})
  @DisplayName(
      "a header, a cookie or a query parameter says where a request sticks (Envoy"
          + " RouteAction.HashPolicy)")
  void hashPolicy(String kind) {
    HashPolicy policy =
        switch (kind) {
          case "header" -> new HashPolicy.Header("x-user");
          case "cookie" -> new HashPolicy.Cookie("user");
          default -> new HashPolicy.QueryParameter("user");
        };
    publish(
        TestMesh.route(
            balanced(balancing(), endpoints(10)),
            RoutePolicy.DEFAULT.withStickiness(List.of(policy), null)));
    Set<Endpoint> ofAll = new HashSet<>();
    for (int user = 0; user < 50; user++) {
      Set<Endpoint> ofOne = new HashSet<>();
      for (int i = 0; i < 5; i++) {
        TestRequest request =
            TestRequest.get("orders", kind.equals("query") ? "/?user=" + user : "/");
        if (kind.equals("header")) {
          request.header("x-user", "" + user);
        } else if (kind.equals("cookie")) {
          request.header("cookie", "a=b; user=" + user);
        }
        ofOne.add(attempt(call(request)).endpoint());
      }
      assertThat(ofOne).hasSize(1);
      ofAll.addAll(ofOne);
    }
    assertThat(ofAll.size()).isGreaterThan(5);
  }

  @Test
  @DisplayName("a retry hashes what the application wrote, not what the route made of it")
  void retry() {
    HeaderChanges.Header all = new HeaderChanges.Header("x-user", "all");
    assertThat(secondAttempts(new HeaderChanges(List.of(all), List.of(), List.of())))
        .isEqualTo(secondAttempts(HeaderChanges.NONE));
  }

  /** Where the retries of 50 users go, in a cluster of ten that knows nothing of the past. */
  private List<InetSocketAddress> secondAttempts(HeaderChanges changes) {
    List<InetSocketAddress> second = new ArrayList<>();
    for (int user = 0; user < 50; user++) {
      publish(
          TestMesh.route(
              balanced(balancing(), endpoints(10)),
              RoutePolicy.of(0, 0, TestMesh.retrying(1, 503))
                  .withStickiness(List.of(new HashPolicy.Header("x-user")), null)
                  .withHeaders(changes, HeaderChanges.NONE)));
      Call call = call(TestRequest.get("orders", "/").header("x-user", "" + user));
      respond(attempt(call), 503);
      second.add(attempt(call).endpoint().address());
    }
    return second;
  }

  @ParameterizedTest
  @CsvSource({
    "'', EF46DB3751D8E999",
    "a, D24EC4F1A98C6E5B",
    "abc, 44BC2CF5AD770999",
    "10.0.0.1:8080_0, 23A29AE775DFD4A3",
    "0123456789abcdef0123456789abcdef, 642A94958E71E6C5",
    "Nobody inspects the spammish repetition, FBCEA83C8A378BF1",
    "caf\u00e9, 4CFE52CE3D05B213",
  })
  @DisplayName(
      "what is hashed is hashed by XXH64, as Envoy and gRPC do (xxHash specification; values of"
          + " the reference implementation)")
  void xxHash64(String text, String hash) {
    assertThat(Long.toHexString(XxHash64.hash(text)).toUpperCase()).isEqualTo(hash);
  }
}
