package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.ServerTls;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.route.Cors;
import io.endomesh.dataplane.route.CorsRules;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.StringMatch;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the mesh promises to an application that is an HTTP server, whichever it uses. The caller is
 * a client that knows nothing of the mesh, with a certificate where the promise is about one.
 */
@Contract("HTTP server")
public abstract class HttpServerContract {

  protected static final String CALLER = TestRoutes.spiffeId("storefront");
  private static final String POLICY = "AuthorizationPolicy/default/callers";

  protected final TestRoutes routes = new TestRoutes();
  protected final List<String> ports = new CopyOnWriteArrayList<>();
  protected final AtomicInteger begun = new AtomicInteger();
  protected final List<Integer> ended = new CopyOnWriteArrayList<>();
  protected ServerUnderTest server = new NotStarted();

  /** Starts a server of the library on a port of its choice, on the loopback address. */
  protected abstract ServerUnderTest start() throws Exception;

  @BeforeEach
  void startServer() throws Exception {
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
              public void servedEnded(InboundCall call, Outcome outcome) {
                ended.add(outcome.status());
              }
            });
    server = start();
  }

  @AfterEach
  void stopServer() throws Exception {
    server.close();
  }

  @Test
  void server_started_isOfferedToTheMesh_andTakenBackWhenItStops() throws Exception {
    String bound = "bound " + server.port() + " HTTP";
    assertThat(ports).containsExactly(bound);

    int port = server.port();
    server.close();

    assertThat(ports).containsExactly(bound, "closed " + port);
  }

  @Test
  void plaintext_withoutPolicy_isServedAsBefore() throws Exception {
    HttpResponse<String> response = get(plain(), "http", "/echo?x=1");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("x-path")).hasValue("/echo");
  }

  @Test
  void trail_thatIsAskedForByToken_isInTheAnswer() throws Exception {
    TrailPromises.server(routes, token -> TrailPromises.ask(plain(), uri("http", "/echo"), token));
  }

  @Test
  void mutualTls_onTheSamePort_isServedToo() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);

    assertThat(get(plain(), "http", "/context").body()).isEqualTo("null");
    assertThat(get(mutual(CALLER), "https", "/context").body()).isEqualTo(CALLER);
  }

  @Test
  void strict_refusesPlaintext_andServesMutualTls() throws Exception {
    mode(TlsMode.STRICT, Authorization.ALLOW_ALL);

    assertThatThrownBy(() -> get(plain(), "http", "/echo")).isInstanceOf(IOException.class);
    assertThat(get(mutual(CALLER), "https", "/echo").statusCode()).isEqualTo(200);
  }

  @Test
  void strict_refusesClientsWithoutCertificate() throws Exception {
    mode(TlsMode.STRICT, Authorization.ALLOW_ALL);
    SSLContext withoutCertificate = SSLContext.getInstance("TLS");
    KeyStore roots = KeyStore.getInstance("PKCS12");
    roots.load(null, null);
    roots.setCertificateEntry("root", TestRoutes.AUTHORITY.root());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(roots);
    withoutCertificate.init(null, trust.getTrustManagers(), null);
    HttpClient client =
        HttpClient.newBuilder().version(Version.HTTP_1_1).sslContext(withoutCertificate).build();

    assertThatThrownBy(() -> get(client, "https", "/echo")).isInstanceOf(IOException.class);
    assertThat(ended).isEmpty();
  }

  @Test
  void policy_changesToStrict_nextPlaintextConnectionIsRefused() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    get(plain(), "http", "/echo");

    mode(TlsMode.STRICT, Authorization.ALLOW_ALL);

    assertThatThrownBy(() -> get(plain(), "http", "/echo")).isInstanceOf(IOException.class);
  }

  @Test
  void handshakesThatStall_andBytesOfNoProtocol_keepNobodyWaiting() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    List<Socket> strangers = new ArrayList<>();
    try {
      // More than a server has threads for at the beginning (Tomcat 10, Jetty 8).
      for (int i = 0; i < 50; i++) {
        Socket stranger = new Socket(InetAddress.getLoopbackAddress(), server.port());
        strangers.add(stranger);
        stranger.getOutputStream().write(ServerTls.TLS_FIRST_BYTE);
        if (i % 2 == 0) {
          stranger.getOutputStream().write("of no protocol".getBytes(StandardCharsets.US_ASCII));
        }
      }

      assertThat(get(plain(), "http", "/context").body()).isEqualTo("null");
      assertThat(get(mutual(CALLER), "https", "/context").body()).isEqualTo(CALLER);
    } finally {
      for (Socket stranger : strangers) {
        stranger.close();
      }
    }
    Await.until("both ends", () -> ended.equals(List.of(200, 200)));
  }

  @Test
  void caller_notAllowed_isRefusedWith403_namingThePolicy() throws Exception {
    mode(TlsMode.PERMISSIVE, allowing(TestRoutes.spiffeId("orders")));

    HttpResponse<String> refused = get(mutual(CALLER), "https", "/echo");
    HttpResponse<String> allowed = get(mutual(TestRoutes.spiffeId("orders")), "https", "/echo");

    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains(CALLER).contains(POLICY);
    assertThat(refused.headers().firstValue(Reply.DECIDED_BY_HEADER)).hasValue(POLICY);
    assertThat(refused.headers().firstValue("x-path")).as("the application was asked").isEmpty();
    assertThat(allowed.statusCode()).isEqualTo(200);
    Await.until("both ends", () -> ended.equals(List.of(403, 200)));
  }

  @Test
  void caller_refusedWhileItSends_readsTheRefusal() throws Exception {
    mode(TlsMode.PERMISSIVE, allowing(TestRoutes.spiffeId("orders")));
    HttpClient plain = plain();
    HttpClient secured = mutual(CALLER);
    byte[] large = new byte[1_000_000];

    for (int i = 0; i < 10; i++) {
      assertThat(post(plain, "http", large).statusCode()).isEqualTo(403);
      assertThat(post(secured, "https", large).statusCode()).isEqualTo(403);
    }
  }

  @Test
  void caller_overItsRateLimit_isRefusedWith429_namingThePolicyAndWhenToComeBack()
      throws Exception {
    routes.inbound(
        new Inbound(
            Map.of(server.port(), TestRoutes.oneCallAnHour(TlsMode.PERMISSIVE)),
            Inbound.OPEN.otherPorts()));
    HttpClient storefront = mutual(CALLER);

    assertThat(get(storefront, "https", "/echo").statusCode()).isEqualTo(200);
    HttpResponse<String> refused = get(storefront, "https", "/echo");
    HttpResponse<String> other = get(mutual(TestRoutes.spiffeId("orders")), "https", "/echo");

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains(CALLER).contains(TestRoutes.LIMIT_POLICY);
    assertThat(refused.headers().firstValue(Reply.DECIDED_BY_HEADER))
        .hasValue(TestRoutes.LIMIT_POLICY);
    assertThat(refused.headers().firstValueAsLong("retry-after").orElseThrow()).isPositive();
    assertThat(refused.headers().firstValue("x-ratelimit-limit")).hasValue("1");
    assertThat(refused.headers().firstValue("x-path")).as("the application was asked").isEmpty();
    assertThat(other.statusCode()).isEqualTo(200);
    Await.until("all ends", () -> ended.equals(List.of(200, 429, 200)));
  }

  @Test
  void serverThatIsFull_turnsACallAwayWith503_untilOneEnds() throws Exception {
    Overload guard = TestRoutes.oneAtATime();
    Inbound.Port port = new Inbound.Port(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    routes.inbound(
        new Inbound(Map.of(server.port(), port.guardedBy(guard)), Inbound.OPEN.otherPorts()));
    for (String path : List.of("/echo", "/async", "/fails")) {
      assertThat(get(plain(), "http", path).statusCode()).isNotEqualTo(503);
      Await.until("end of " + path, () -> guard.limit().running() == 0);
    }

    guard.begin(TestRequest.get("tests", "/"), null);
    HttpResponse<String> refused = get(plain(), "http", "/echo");
    guard.end(Weaving.mesh().nanoTime(), Weaving.mesh().nanoTime());

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue(Reply.DECIDED_BY_HEADER)).hasValue(guard.policy());
    assertThat(refused.headers().firstValue("x-path")).as("the application was asked").isEmpty();
    assertThat(get(plain(), "http", "/echo").statusCode()).isEqualTo(200);
  }

  @Test
  void policyOnAHeader_isNotDeceivedByASecondOne() throws Exception {
    Condition admin = new Condition.Header("x-role", new StringMatch.Exact("admin"));
    mode(
        TlsMode.PERMISSIVE,
        new Authorization(
            List.of(new Policy(POLICY, List.of(new Policy.Rule(Condition.ANY, admin)))),
            List.of()));

    assertThat(withRoles("user")).isEqualTo(200);
    assertThat(withRoles("user", "admin")).isEqualTo(403);
    assertThat(withRoles("admin", "user")).isEqualTo(403);
  }

  private int withRoles(String... roles) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri("http", "/echo"));
    for (String role : roles) {
      request.header("X-Role", role);
    }
    return plain().send(request.build(), BodyHandlers.discarding()).statusCode();
  }

  @Test
  void plaintextCaller_hasNoIdentity_whateverItSays() throws Exception {
    mode(TlsMode.PERMISSIVE, allowing(CALLER));

    assertThat(get(plain(), "http", "/echo").statusCode()).isEqualTo(403);
  }

  @Test
  void policyOnAPath_seesItDecodedAndNormalized() throws Exception {
    Condition admin = new Condition.Path(new PathMatch.SegmentPrefix("/admin"));
    Policy deny = new Policy(POLICY, List.of(new Policy.Rule(Condition.ANY, admin)));
    mode(TlsMode.DISABLE, new Authorization(List.of(deny), List.of()));

    assertThat(get(plain(), "http", "/admin/x").statusCode()).isEqualTo(403);
    assertThat(get(plain(), "http", "/adm%69n/x").statusCode()).isEqualTo(403);
    assertThat(get(plain(), "http", "/echo/../admin/x").statusCode()).isEqualTo(403);
    assertThat(get(plain(), "http", "/echo").statusCode()).isEqualTo(200);
  }

  @Test
  void asynchronousAnswer_endsTheCallOnce() throws Exception {
    assertThat(get(plain(), "http", "/async").body()).isEqualTo("later");

    Await.until("end of the call", () -> ended.equals(List.of(200)));
  }

  @Test
  void handler_throws_endsTheCallWith500() throws Exception {
    assertThat(get(plain(), "http", "/fails").statusCode()).isEqualTo(500);

    Await.until("end of the call", () -> ended.equals(List.of(500)));
  }

  @Test
  void application_seesTheCallersCertificate_andItsOwnScheme() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);

    assertThat(get(plain(), "http", "/certificate").body()).isEqualTo("http none");
    assertThat(get(mutual(CALLER), "https", "/certificate").body()).isEqualTo("http CN=workload");
  }

  @Test
  void largeBodies_bothWays_arriveWhole() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    byte[] large = new byte[2_000_000];
    new Random(7).nextBytes(large);

    assertThat(post(plain(), "http", large).body()).isEqualTo(large);
    assertThat(post(mutual(CALLER), "https", large).body()).isEqualTo(large);
  }

  @Test
  void connections_areKeptAndServeManyRequests() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    HttpClient secured = mutual(CALLER);
    HttpClient plain = plain();

    for (int i = 0; i < 50; i++) {
      assertThat(get(secured, "https", "/context").body()).isEqualTo(CALLER);
      assertThat(get(plain, "http", "/context").body()).isEqualTo("null");
    }
    Await.until("end of all calls", () -> ended.size() == 100);
  }

  @Test
  void connection_ofTheMesh_isKeptForAsManyRequestsAsItsClientWants() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    HttpClient secured = mutual(CALLER);
    Set<String> handshakes = new HashSet<>();

    // Servers close plain connections after 100 (Tomcat, httpd) or 1,000 requests (nginx).
    for (int i = 0; i < 1_100; i++) {
      SSLSession session = get(secured, "https", "/context").sslSession().orElseThrow();
      handshakes.add(HexFormat.of().formatHex(session.getId()));
    }

    assertThat(handshakes).hasSize(1);
  }

  @Test
  void clientThatPrefersHttp2_isServedWithTheSamePromises() throws Exception {
    mode(TlsMode.PERMISSIVE, allowing(CALLER));
    HttpClient http2 = client(CALLER, Version.HTTP_2);

    HttpResponse<String> served = get(http2, "https", "/certificate");

    assertThat(served.body()).isEqualTo("http CN=workload");
    assertThat(get(http2, "https", "/context").body()).isEqualTo(CALLER);
    assertThat(get(client(TestRoutes.spiffeId("x"), Version.HTTP_2), "https", "/echo").statusCode())
        .isEqualTo(403);
  }

  @Test
  void browser_asksWhetherAScriptMayCall_isAnsweredWithoutTheApplication() throws Exception {
    cors(allowing(CALLER));

    HttpResponse<String> answer =
        plain()
            .send(
                HttpRequest.newBuilder(uri("http", "/echo"))
                    .method("OPTIONS", BodyPublishers.noBody())
                    .header("Origin", SITE)
                    .header("Access-Control-Request-Method", "PUT")
                    .build(),
                BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue(SITE);
    assertThat(answer.headers().firstValue("Access-Control-Allow-Methods")).hasValue("PUT");
    assertThat(answer.headers().firstValue("x-path")).as("the application was asked").isEmpty();
    Await.until("end of the call", () -> ended.equals(List.of(200)));
  }

  @Test
  void browser_readsTheAnswer_whicheverWayTheApplicationGaveIt() throws Exception {
    cors(Authorization.ALLOW_ALL);

    for (String path : List.of("/echo", "/async", "/fails")) {
      HttpResponse<String> answer = ofSite(path, SITE);
      assertThat(answer.headers().allValues("Access-Control-Allow-Origin"))
          .as(path)
          .containsExactly(SITE);
      assertThat(answer.headers().allValues("Vary")).as(path).containsExactly("Origin");
    }
    assertThat(ofSite("/echo", "https://other.example").headers().map())
        .doesNotContainKey("access-control-allow-origin");
    assertThat(get(plain(), "http", "/echo").headers().map())
        .doesNotContainKey("access-control-allow-origin");
  }

  @Test
  void browser_readsWhyItIsRefused() throws Exception {
    cors(allowing(CALLER));

    HttpResponse<String> refused = ofSite("/echo", SITE);

    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.headers().firstValue("Access-Control-Allow-Origin")).hasValue(SITE);
  }

  private static final String SITE = "https://shop.example";

  private HttpResponse<String> ofSite(String path, String origin) throws Exception {
    return plain()
        .send(
            HttpRequest.newBuilder(uri("http", path)).header("Origin", origin).build(),
            BodyHandlers.ofString());
  }

  private void cors(Authorization authorization) {
    Cors site = new Cors(List.of(new StringMatch.Exact(SITE)), "PUT", "", "", "", false, false);
    CorsRules rules =
        new CorsRules(List.of(new CorsRules.Rule("HTTPRoute/default/r", RouteMatch.ANY, site)));
    port(new Inbound.Port(TlsMode.PERMISSIVE, authorization, rules));
  }

  protected final void mode(TlsMode mode, Authorization authorization) {
    port(new Inbound.Port(mode, authorization));
  }

  private void port(Inbound.Port port) {
    routes.inbound(new Inbound(Map.of(server.port(), port), Inbound.OPEN.otherPorts()));
  }

  protected static Authorization allowing(String caller) {
    Condition principal = new Condition.Caller(new StringMatch.Exact(caller));
    return new Authorization(
        List.of(), List.of(new Policy(POLICY, List.of(new Policy.Rule(principal, Condition.ANY)))));
  }

  private static HttpClient plain() {
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

  private HttpResponse<byte[]> post(HttpClient client, String scheme, byte[] body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(scheme, "/echo")).POST(BodyPublishers.ofByteArray(body)).build(),
        BodyHandlers.ofByteArray());
  }

  private URI uri(String scheme, String path) {
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
