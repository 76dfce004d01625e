package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.route.PathRewrite;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Redirects")
class RedirectsTest extends Conformance {

  @ParameterizedTest
  @CsvSource({
    // authority, scheme, host, port, path, location
    "orders,      ,      ,     0,    ,    http://orders/a?x=1",
    "orders:8080, ,      ,     0,    ,    http://orders:8080/a?x=1",
    "orders:8080, https, ,     0,    ,    https://orders/a?x=1",
    "orders:8080, ,      shop, 0,    ,    http://shop:8080/a?x=1",
    "orders,      ,      shop, 9090, ,    http://shop:9090/a?x=1",
    "orders,      https, ,     8443, ,    https://orders:8443/a?x=1",
    "orders,      https, ,     443,  ,    https://orders/a?x=1",
    "orders,      ,      ,     80,   ,    http://orders/a?x=1",
    "orders,      ,      ,     0,    /b,  http://orders/b?x=1",
    "[::1]:8080,  ,      ,     0,    ,    http://[::1]:8080/a?x=1",
    "[::1],       https, ,     0,    ,    https://[::1]/a?x=1",
  })
  @DisplayName(
      "what a redirect does not name stays the application's; a new scheme brings its own port,"
          + " and a well-known port is left out (Gateway API HTTPRequestRedirectFilter)")
  void location(
      String authority,
      @Nullable String scheme,
      @Nullable String host,
      int port,
      @Nullable String path,
      String location) {
    RouteAction.Redirect redirect =
        new RouteAction.Redirect(
            302, scheme, host, port, path == null ? null : new PathRewrite.Full(path));
    Reply reply = redirect.to(TestRequest.get(authority, "/a?x=1"), "r");
    assertThat(reply.headers()).containsExactly(new Reply.Header("location", location));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  @DisplayName(
      "a redirect is answered with its status, without asking a service (Gateway API"
          + " HTTPRequestRedirectFilter.statusCode)")
  void status(int status) {
    publish(
        new Route(
            "r",
            RouteMatch.ANY,
            new RouteAction.Redirect(status, "https", null, 0, null),
            RoutePolicy.DEFAULT));
    Reply reply = reply(begin());
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.decidedBy()).isEqualTo("r");
    assertThat(orders.load().active()).isZero();
  }
}
