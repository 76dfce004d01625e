package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.route.PathMatch;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the mesh promises about paths to an application that is an HTTP server, whichever it uses: a
 * policy means the path that the server routes, however a caller writes it. Callers write it on the
 * wire themselves, because clients correct much of it.
 */
@Contract("HTTP server, paths")
public abstract class HttpPathContract {

  /** The two applications of the server under test. */
  private static final String ADMIN = "admin";

  private static final String PUBLIC = "public";

  private static final String POLICY = "AuthorizationPolicy/default/paths";

  private final String token = TrailPromises.token();
  private final TestRoutes routes = new TestRoutes();
  private ServerUnderTest server = new NotStarted();

  /**
   * Starts a server on the loopback address with two applications, {@code /admin} with all below it
   * and {@code /public} with all below it. They answer 200 with their name in {@code
   * x-application}. The server itself rewrites {@code /moved/…} to {@code /admin/…}.
   */
  protected abstract ServerUnderTest start() throws Exception;

  @BeforeEach
  void startServer() throws Exception {
    server = start();
  }

  @AfterEach
  void stopServer() throws Exception {
    server.close();
  }

  @Test
  void server_withoutPolicy_routesToBothApplications() throws Exception {
    assertThat(ask("/admin/x").application()).isEqualTo(ADMIN);
    assertThat(ask("/public/x").application()).isEqualTo(PUBLIC);
    assertThat(ask("/moved/x").application()).isEqualTo(ADMIN);
    assertThat(ask("/nobody/x").application()).isEmpty();
  }

  @Test
  void pathThatTheApplicationSees_isTheOneThatPoliciesCompare() throws Exception {
    for (String target : PathVectors.ALL) {
      policy(Authorization.ALLOW_ALL);
      RawHttp.Answer routed = ask(target);
      if (!routed.application().isEmpty()) {
        policy(denying(new PathMatch.Exact(routed.path())));

        assertThat(ask(target).decidedBy())
            .as(
                "%s, which the application sees as %s",
                PathVectors.printable(target), routed.path())
            .isEqualTo(POLICY);
      }
    }
  }

  @Test
  void pathThatIsDenied_howeverItIsWritten_isRefused() throws Exception {
    for (String target : PathVectors.ALL) {
      policy(Authorization.ALLOW_ALL);
      RawHttp.Answer routed = ask(target);

      policy(denying(new PathMatch.SegmentPrefix("/admin")));
      RawHttp.Answer answer = ask(target);

      String vector = PathVectors.printable(target) + ", without the policy: " + routed;
      if (routed.application().equals(ADMIN)) {
        assertThat(answer.status()).as(vector).isEqualTo(403);
        assertThat(answer.decidedBy()).as(vector).isEqualTo(POLICY);
        assertThat(answer.application()).as(vector).isEmpty();
      } else if (routed.application().equals(PUBLIC)) {
        assertThat(answer).as(vector).isEqualTo(routed);
      } else {
        reachesNobody(answer, vector);
      }
    }
  }

  @Test
  void pathThatAloneIsAllowed_howeverItIsWritten_isServed_andNoOther() throws Exception {
    for (String target : PathVectors.ALL) {
      policy(Authorization.ALLOW_ALL);
      RawHttp.Answer routed = ask(target);

      policy(new Authorization(List.of(), List.of(on(new PathMatch.SegmentPrefix("/public")))));
      RawHttp.Answer answer = ask(target);

      String vector = PathVectors.printable(target) + ", without the policy: " + routed;
      if (routed.application().equals(PUBLIC)) {
        assertThat(answer).as(vector).isEqualTo(routed);
      } else {
        reachesNobody(answer, vector);
      }
    }
  }

  /**
   * Server and policy may both have a reason to refuse it: whichever speaks first. Some servers
   * close the connection without a word.
   */
  private static void reachesNobody(RawHttp.Answer answer, String vector) {
    assertThat(answer.application()).as(vector).isEmpty();
    assertThat(answer.status()).as(vector).matches(status -> status == 0 || status >= 400);
  }

  private static Authorization denying(PathMatch path) {
    return new Authorization(List.of(on(path)), List.of());
  }

  private static Policy on(PathMatch path) {
    return new Policy(POLICY, List.of(new Policy.Rule(Condition.ANY, new Condition.Path(path))));
  }

  private void policy(Authorization authorization) {
    routes.inbound(
        new Inbound(
            Map.of(server.port(), new Inbound.Port(TlsMode.PERMISSIVE, authorization)),
            Inbound.OPEN.otherPorts()));
  }

  /**
   * @param target as it goes on the wire
   */
  protected final RawHttp.Answer ask(String target) throws Exception {
    return RawHttp.get(server.port(), target, token);
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
