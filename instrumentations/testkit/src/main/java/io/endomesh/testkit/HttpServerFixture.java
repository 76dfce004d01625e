package io.endomesh.testkit;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.access.AccessFilter;
import io.endomesh.dataplane.access.AccessRecord;
import io.endomesh.dataplane.access.Watch;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.route.StringMatch;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A server of the library, and how these tests call it: by a client that knows nothing of the mesh.
 */
abstract class HttpServerFixture {

  protected static final String CALLER = TestRoutes.spiffeId("storefront");

  protected static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  protected static final String POLICY = "AuthorizationPolicy/default/callers";

  protected final TestRoutes routes = new TestRoutes();

  protected final List<String> ports = new CopyOnWriteArrayList<>();

  protected final AtomicInteger begun = new AtomicInteger();

  protected final List<Integer> ended = new CopyOnWriteArrayList<>();

  /**
   * True if calls ended with these, and no others. In any order: a client may have its answer, and
   * send its next request, before the server has told of the end.
   */
  protected final boolean endedWith(Integer... statuses) {
    return ended.size() == statuses.length
        && ended.stream().sorted().toList().equals(Arrays.stream(statuses).sorted().toList());
  }

  /** What operators read of those that the mesh answered. */
  protected final List<String> decided = new CopyOnWriteArrayList<>();

  protected ServerUnderTest server = new NotStarted();

  /** Calls of tests before this that never end; none, or each test after one fails as well. */
  private long served;

  /** Starts a server of the library on a port of its choice, on the loopback address. */
  protected abstract ServerUnderTest start() throws Exception;

  @BeforeEach
  void startServer() throws Exception {
    served = Weaving.mesh().callsBeingServed();
    Weaving.mesh()
        .listeners(
            new Mesh.Listeners() {
              @Override
              public void bound(int port, Protocol protocol) {
                ports.add("bound " + port + " " + protocol);
              }

              @Override
              public void closed(int port) {
                ports.add("closed " + port);
              }
            });
    Weaving.mesh()
        .observer(
            new CallObserver() {
              @Override
              public CallContext served(InboundCall call) {
                begun.incrementAndGet();
                return new CallContext(
                    null, CallContext.NO_DEADLINE, String.valueOf(call.caller()));
              }

              @Override
              public @Nullable String traceId(CallContext context) {
                return TRACE;
              }

              @Override
              public void servedEnded(InboundCall call, Outcome outcome) {
                if (call.decided() != null) {
                  decided.add(call.decided().decidedBy() + ": " + call.decided().message());
                }
                ended.add(outcome.status());
              }
            });
    server = start();
  }

  /** Somebody looks at the calls, from now to the test's end. */
  protected static Watch looking() {
    Watch watch =
        new Watch(AccessFilter.ALL, List.of("x-page"), List.of("x"), 1_000, System::nanoTime);
    Weaving.mesh().records().taps(List.of(watch));
    return watch;
  }

  /** So many records as JSON, in the order of what is in them. */
  protected static List<String> told(Watch watch, int count) {
    List<String> records = new ArrayList<>();
    Await.until(
        count + " records",
        () -> {
          watch.take(count).stream().map(AccessRecord::json).forEach(records::add);
          return records.size() >= count;
        });
    return records;
  }

  @AfterEach
  void stopServer() throws Exception {
    Weaving.mesh().records().taps(List.of());
    server.close();
    // A JVM that is told to stop waits for them.
    Await.until("end of each call served", () -> Weaving.mesh().callsBeingServed() == served);
  }

  /**
   * Certificates are verified in every mode; {@code ALLOW_ALL} permits every caller that is who it
   * says, and PERMISSIVE also those that say nothing.
   */
  protected final void mode(TlsMode mode, Authorization authorization) {
    port(new Inbound.Port(mode, authorization));
  }

  protected final void port(Inbound.Port port) {
    routes.inbound(new Inbound(Map.of(server.port(), port), Inbound.OPEN.otherPorts()));
  }

  protected static Authorization allowing(String caller) {
    Condition principal = new Condition.Caller(new StringMatch.Exact(caller));
    return new Authorization(
        List.of(), List.of(new Policy(POLICY, List.of(new Policy.Rule(principal, Condition.ANY)))));
  }

  protected static HttpClient plain() {
    return HttpClient.newBuilder().version(Version.HTTP_1_1).build();
  }

  protected static HttpClient mutual(String spiffeId) {
    return client(spiffeId, Version.HTTP_1_1);
  }

  protected static HttpClient client(String spiffeId, Version version) {
    Identity identity = TestRoutes.AUTHORITY.identity(spiffeId);
    return HttpClient.newBuilder()
        .version(version)
        .sslContext(identity.clientTls(TestRoutes.US).context())
        .build();
  }

  protected final HttpResponse<String> get(HttpClient client, String scheme, String path)
      throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(uri(scheme, path)).build(), BodyHandlers.ofString());
  }

  protected final HttpResponse<byte[]> post(HttpClient client, String scheme, byte[] body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(scheme, "/echo")).POST(BodyPublishers.ofByteArray(body)).build(),
        BodyHandlers.ofByteArray());
  }

  protected final URI uri(String scheme, String path) {
    return URI.create(scheme + "://127.0.0.1:" + server.port() + path);
  }

  /** Before the first start. */
  private static final class NotStarted implements ServerUnderTest {
    @Override
    public int port() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
