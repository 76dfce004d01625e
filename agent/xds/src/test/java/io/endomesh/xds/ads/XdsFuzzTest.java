package io.endomesh.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Decision;
import io.endomesh.dataplane.FakeClock;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Pause;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.fuzz.Fuzzing;
import io.endomesh.dataplane.fuzz.WireMutator;
import io.endomesh.dataplane.limit.LimitServer;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.xds.runtime.ManualSerial;
import io.endomesh.xds.runtime.RecordedLog;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What no controller would say. An agent takes it or says what is wrong, in the words of a
 * translator; calls go on by what it has. Also a target of Jazzer.
 */
public class XdsFuzzTest {

  private static final WireMutator MUTATOR =
      new WireMutator(
          "",
          "*",
          "orders",
          "/",
          "(a{99}){99}",
          "(",
          "\\0",
          "%",
          "spiffe://",
          "outbound|8080||orders",
          ":path",
          ":method",
          "x-a",
          "\u0000",
          "é",
          "type.googleapis.com/",
          "10.0.0.1",
          "::1",
          "envoy.transport_sockets.tls",
          "endomesh.inbound");

  private final FakeClock clock = new FakeClock();
  private final List<DeltaDiscoveryRequest> said = new ArrayList<>();
  private final Set<String> authorities = new TreeSet<>();
  private int nonce;

  private final AdsClient client =
      new AdsClient(
          Node.newBuilder().setId("web-1").build(),
          new ManualSerial(),
          new RecordedLog(),
          (host, answer) -> answer.accept(List.of()),
          clock,
          server -> LimitServer.OPEN,
          server -> (question, timeoutNanos) -> null,
          new AdsClient.Listener() {
            @Override
            public void changed() {}

            @Override
            public void unknown(String authority) {}
          });

  public static void fuzzerTestOneInput(byte[] input) {
    List<DeltaDiscoveryResponse> conversation;
    try {
      conversation = read(input);
    } catch (IOException noMessage) {
      return;
    }
    new XdsFuzzTest().listen(conversation);
  }

  private void listen(List<DeltaDiscoveryResponse> conversation) {
    client.connected(said::add);
    client.bound(8080);
    for (DeltaDiscoveryResponse response : conversation) {
      for (Resource resource : response.getResourcesList()) {
        if (response.getTypeUrl().equals(ResourceType.LISTENER.typeUrl())
            && !resource.getName().startsWith("endomesh/")) {
          authorities.add(resource.getName());
          client.subscribe(resource.getName());
        }
      }
      said.clear();
      client.received(response.toBuilder().setNonce("n" + nonce++).build());
      for (DeltaDiscoveryRequest request : said) {
        // In the words of a translator; an exception that none expects tells its class.
        assertThat(request.getErrorDetail().getMessage())
            .doesNotContain("java.", "com.google.", "io.endomesh.");
      }
    }
    use();
  }

  /** What was taken can be used. */
  private void use() {
    Map<String, VirtualHost> hosts = client.hosts();
    Mesh mesh = new Mesh(TestMesh.WORKLOAD, clock, clock);
    mesh.publish(new Snapshot(1, hosts, client.inbound(Inbound.OPEN.otherPorts()), null));
    client.servers();
    for (String authority : authorities) {
      ask(mesh, TestRequest.get(authority, "/cart/1?x=1").header("x-user", "ann"));
      ask(mesh, TestRequest.grpc(authority, "/shop.Orders/Get"));
      ask(mesh, TestRequest.connecting(authority));
    }
    for (String path : List.of("/", "/admin/users")) {
      InboundCall served =
          mesh.serve(
              TestRequest.get("orders", path).from("spiffe://endomesh.local/ns/shop/sa/web"));
      served.ended(200, Outcome.NOT_GRPC, null);
    }
  }

  private void ask(Mesh mesh, TestRequest request) {
    Call call = mesh.call(request);
    if (call == null) {
      return;
    }
    Decision decision = call.next();
    for (int i = 0; i < 8 && decision instanceof Pause; i++) {
      decision = call.next();
    }
    if (decision instanceof Attempt attempt && attempt.responded(503, Outcome.NOT_GRPC) >= 0) {
      decision = call.next();
      if (decision instanceof Attempt again) {
        again.abandoned(null);
      }
    }
  }

  static List<DeltaDiscoveryResponse> read(byte[] input) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(input);
    List<DeltaDiscoveryResponse> conversation = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == 1
          && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        try {
          conversation.add(DeltaDiscoveryResponse.parseFrom(in.readByteArray()));
        } catch (InvalidProtocolBufferException streamEnds) {
          // As the frame of gRPC that cannot be read: it never gets here.
        }
      } else if (!in.skipField(tag)) {
        break;
      }
    }
    return conversation;
  }

  @Test
  void messages_mutated_areTakenOrRefusedInWords() throws IOException {
    Fuzzing.run(Fuzzing.corpus("xds"), MUTATOR, 6_000, XdsFuzzTest::fuzzerTestOneInput);
  }

  /** After all that was bad, what is good is taken as if there had been nothing. */
  @Test
  void messages_mutated_spoilNothingThatComesAfter() throws IOException {
    int all = 0;
    for (byte[] good : Fuzzing.corpus("xds")) {
      XdsFuzzTest agent = new XdsFuzzTest();
      agent.listen(read(good));
      Set<String> known = agent.client.hosts().keySet();
      java.util.Random random = new java.util.Random(7);
      for (int i = 0; i < 10; i++) {
        try {
          agent.listen(read(MUTATOR.mutate(good, List.of(good), random)));
        } catch (IOException noMessage) {
          // It was none.
        }
      }
      agent.listen(read(good));
      assertThat(agent.client.hosts().keySet()).containsAll(known);
      all += known.size();
    }
    assertThat(all).isGreaterThan(30);
  }
}
