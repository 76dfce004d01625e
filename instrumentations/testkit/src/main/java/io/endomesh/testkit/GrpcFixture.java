package io.endomesh.testkit;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.testkit.GrpcUnderTest.Client;
import io.endomesh.testkit.GrpcUnderTest.Server;
import io.endomesh.testkit.TestRoutes.Rules;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two servers of the library and a client that calls one name. */
abstract class GrpcFixture {

  static final int OK = 0;
  static final int CANCELLED = 1;
  static final int UNKNOWN = 2;
  static final int DEADLINE_EXCEEDED = 4;
  static final int NOT_FOUND = 5;
  static final int PERMISSION_DENIED = 7;
  static final int UNAUTHENTICATED = 16;
  static final int RESOURCE_EXHAUSTED = 8;
  static final int UNAVAILABLE = 14;
  static final String TARGET = "inventory:9090";
  static final String ROUTE = "HTTPRoute/default/inventory:9090 rule 0";
  static final Rules RETRYING =
      new Rules(0, 0, new RetryPolicy(4, Set.of(), Set.of(UNAVAILABLE), false, 1, 1));

  final TestRoutes routes = new TestRoutes();
  final Map<Integer, Protocol> bound = new ConcurrentHashMap<>();

  private long served;

  @SuppressWarnings("NullAway.Init")
  Server one;

  @SuppressWarnings("NullAway.Init")
  Server two;

  @SuppressWarnings("NullAway.Init")
  Client client;

  /** The library in the version under test. */
  protected abstract GrpcUnderTest grpc();

  @BeforeEach
  void start() throws Exception {
    served = Weaving.mesh().callsBeingServed();
    Weaving.mesh()
        .listeners(
            new Mesh.Listeners() {
              @Override
              public void bound(int port, Protocol protocol) {
                bound.put(port, protocol);
              }

              @Override
              public void closed(int port) {
                bound.remove(port);
              }
            });
    Weaving.mesh()
        .observer(
            new CallObserver() {
              @Override
              public CallContext served(InboundCall call) {
                return new CallContext(null, CallContext.NO_DEADLINE, call.caller());
              }
            });
    one = grpc().serve("one");
    two = grpc().serve("two");
    client = grpc().connect(TARGET);
  }

  @AfterEach
  void stop() {
    client.close();
    one.close();
    two.close();
    // A JVM that is told to stop waits for them.
    Await.until("end of each call served", () -> Weaving.mesh().callsBeingServed() == served);
  }

  RouteAction.Forward toOne() {
    return TestRoutes.to(TestRoutes.cluster(TARGET, plaintext(one)));
  }

  /** As in {@link HttpServerFixture#mode}: certificates are verified in every mode. */
  void inbound(Inbound.TlsMode mode, Authorization authorization) {
    routes.inbound(new Inbound(Map.of(), new Inbound.Port(mode, authorization)));
  }

  static Endpoint plaintext(Server server) {
    return TestRoutes.endpoint(server.port(), null);
  }

  static Endpoint mutualTls(Server server) {
    return TestRoutes.endpoint(server.port(), TestRoutes.US);
  }

  static Endpoint dead() throws IOException {
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return TestRoutes.endpoint(closed.getLocalPort(), null);
    }
  }
}
