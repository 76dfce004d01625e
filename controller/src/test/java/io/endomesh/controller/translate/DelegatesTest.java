package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.translate.RouteConditions.Condition;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** VirtualServices that delegate rules to others. */
class DelegatesTest {

  private static final String ORDERS = "outbound|8080||orders.shop";
  private static final String CART = "outbound|8081||cart.shop";

  private final Models mesh =
      new Models()
          .workload("orders", "orders-1", "v1", 8080)
          .workload("cart", "cart-1", "v1", 8081);

  @Test
  void delegate_rulesStandInThePlaceOfTheRuleThatDelegates() throws Exception {
    root(
        """
        - match: [{uri: {prefix: /cart}}]
          delegate: {name: cart, namespace: carts}
        - route: [{destination: {host: orders}}]
        """);
    delegate(
        "carts",
        "cart",
        """
        - match: [{uri: {prefix: /cart/beta}}]
          route: [{destination: {host: cart.shop}}]
        - directResponse: {status: 204}
        """);

    assertThat(routes())
        .extracting(Route::getName, route -> route.getMatch().getPrefix())
        .containsExactly(
            tuple("VirtualService/carts/cart rule 0 for shop/orders rule 0", "/cart/beta"),
            tuple("VirtualService/carts/cart rule 1 for shop/orders rule 0", "/cart"),
            tuple("VirtualService/shop/orders rule 1", "/"));
    assertThat(routes().get(0).getRoute().getCluster()).isEqualTo(CART);
    assertThat(routes().get(1).getDirectResponse().getStatus()).isEqualTo(204);
    assertThat(routes().get(2).getRoute().getCluster()).isEqualTo(ORDERS);
  }

  @Test
  void delegate_shortNames_areThoseOfItsOwnNamespace() throws Exception {
    root("- delegate: {name: d, namespace: carts}\n");
    delegate("carts", "d", "- route: [{destination: {host: cart}}]\n");

    assertThat(routes().get(0).getRoute().getCluster()).isEqualTo("outbound|80||cart.carts");
  }

  @Test
  void delegate_withoutNamespace_isOfTheRoots() throws Exception {
    root("- delegate: {name: d}\n");
    delegate("shop", "d", "- route: [{destination: {host: cart}}]\n");

    assertThat(routes().get(0).getRoute().getCluster()).isEqualTo(CART);
  }

  @Test
  void delegate_whatItsRuleDoesNotSay_theRootSaysForIt() throws Exception {
    root(
        """
        - timeout: 5s
          retries: {attempts: 3, perTryTimeout: 1s, retryOn: "5xx"}
          rewrite: {uri: /root}
          headers: {request: {set: {x-from: root}}}
          fault: {abort: {httpStatus: 503, percentage: {value: 1}}}
          mirror: {host: cart}
          delegate: {name: d}
        """);
    delegate(
        "shop",
        "d",
        """
        - match: [{uri: {prefix: /own}}]
          timeout: 0s
          retries: {attempts: 1}
          rewrite: {uri: /own}
          headers: {response: {set: {x-from: delegate}}}
          route: [{destination: {host: orders}}]
        - route: [{destination: {host: orders}}]
        """);

    Route own = routes().get(0);
    assertThat(own.getRoute().getTimeout().getSeconds()).as("none").isZero();
    assertThat(own.getRoute().hasMaxStreamDuration()).isFalse();
    assertThat(own.getRoute().getRetryPolicy().getNumRetries().getValue()).isEqualTo(1);
    assertThat(own.getRoute().getRetryPolicy().hasPerTryTimeout()).isFalse();
    assertThat(own.getRoute().getPrefixRewrite()).isEqualTo("/own");
    assertThat(own.getRequestHeadersToAddCount()).as("headers count as a whole").isZero();
    assertThat(own.getResponseHeadersToAddCount()).isEqualTo(1);

    Route inherits = routes().get(1);
    assertThat(inherits.getRoute().getTimeout().getSeconds()).isEqualTo(5);
    assertThat(inherits.getRoute().getRetryPolicy().getNumRetries().getValue()).isEqualTo(3);
    assertThat(inherits.getRoute().getRetryPolicy().getPerTryTimeout().getSeconds()).isEqualTo(1);
    assertThat(inherits.getRoute().getPrefixRewrite()).isEqualTo("/root");
    assertThat(inherits.getRequestHeadersToAdd(0).getHeader().getValue()).isEqualTo("root");
    assertThat(inherits.getRoute().getRequestMirrorPolicies(0).getCluster()).isEqualTo(CART);
    assertThat(inherits.containsTypedPerFilterConfig(FilterTranslator.FAULT)).isTrue();
  }

  /** A dash is a rule without a match. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{uri: {prefix: /a}} | {uri: {prefix: /a/b}} | {uri: {prefix: /a/b}}",
        "{uri: {prefix: /a}} | {uri: {exact: /a/b}} | {uri: {exact: /a/b}}",
        "{uri: {prefix: /a}} | {uri: {prefix: /b}} | none",
        "{uri: {prefix: /a/b}} | {uri: {prefix: /a}} | none",
        "{uri: {exact: /a}} | {uri: {exact: /a}} | {uri: {exact: /a}}",
        "{uri: {exact: /a}} | {uri: {prefix: /a}} | none",
        "{uri: {exact: /a}} | {uri: {exact: /b}} | none",
        "{uri: {prefix: /a}} | - | {uri: {prefix: /a}}",
        "- | {uri: {prefix: /a}} | {uri: {prefix: /a}}",
        "{uri: {prefix: /a}} | {method: {exact: GET}} | {uri: {prefix: /a}, method: {exact: GET}}",
        "{method: {exact: GET}} | {method: {exact: POST}} | none",
        "{uri: {regex: /a.*}} | {method: {exact: GET}} | {uri: {regex: /a.*}, method: {exact:"
            + " GET}}",
        "{uri: {regex: /a.*}} | {uri: {exact: /a}} | none",
        "{uri: {prefix: /a}} | {uri: {regex: /a/b}} | none",
        "{uri: {prefix: /a}, ignoreUriCase: true} | {uri: {prefix: /a}} | none",
        "{headers: {x: {prefix: a}}} | {headers: {x: {exact: ab}, y: {}}} | {headers: {x: {exact:"
            + " ab}, y: {}}}",
        "{headers: {x: {}}} | {headers: {x: {exact: ab}}} | {headers: {x: {exact: ab}}}",
        "{headers: {x: {exact: a}}} | {headers: {x: {}}} | none",
        "{headers: {x: {exact: a}}} | {headers: {y: {exact: b}}} | {headers: {y: {exact: b}, x:"
            + " {exact: a}}}",
        "{withoutHeaders: {x: {prefix: a}}} | {withoutHeaders: {x: {exact: b}}} | {withoutHeaders:"
            + " {x: {exact: b}}}+{x: {prefix: a}}",
        "{queryParams: {q: {exact: a}}} | {queryParams: {q: {exact: b}}} | none",
        "{port: 8080} | {uri: {prefix: /a}} | {uri: {prefix: /a}, port: 8080}",
        "{port: 8080} | {port: 8081} | none",
        "{sourceNamespace: shop} | {uri: {prefix: /a}} | {uri: {prefix: /a}, sourceNamespace:"
            + " shop}",
        "{sourceNamespace: shop} | {sourceNamespace: other} | none",
        "{uri: {prefix: /a}}, {uri: {prefix: /b}} | {uri: {prefix: /b/c}} | {uri: {prefix: /b/c}}",
        "{method: {exact: PUT}}, {uri: {prefix: /b}} | {uri: {prefix: /b/c}} | {uri: {prefix:"
            + " /b/c}, method: {exact: PUT}}, {uri: {prefix: /b/c}}",
        "{uri: {prefix: /a}} | {uri: {prefix: /a/b}}, {uri: {prefix: /c}} | none",
      })
  void match_isWhatBothMatch_ifTheDelegatesIsAPartOfTheRoots(
      String root, String delegated, String both) throws Exception {
    root("- " + matching(root) + "delegate: {name: d}\n");
    delegate("shop", "d", "- " + matching(delegated) + "route: [{destination: {host: cart}}]\n");
    List<Route> is = routes();

    Models plain =
        new Models().workload("orders", "o", "v1", 8080).workload("cart", "c", "v1", 8081);
    int also = both.indexOf('+');
    plain.apply(
        virtual(
            "shop",
            "orders",
            "hosts: [orders]",
            both.equals("none")
                ? "- match: [{sourceNamespace: nobody}]\n  directResponse: {status: 200}\n"
                : "- "
                    + matching(also < 0 ? both : both.substring(0, also))
                    + "route: [{destination: {host: cart}}]\n"));
    List<Route> expected = routes(plain);

    assertThat(is).hasSameSizeAs(expected);
    for (int i = 0; i < is.size(); i++) {
      if (also < 0) {
        assertThat(is.get(i).getMatch()).isEqualTo(expected.get(i).getMatch());
      } else {
        assertThat(is.get(i).getMatch().getHeadersList())
            .extracting(HeaderMatcher::getName, HeaderMatcher::getInvertMatch)
            .containsExactly(tuple("x", true), tuple("x", true));
      }
      assertThat(is.get(i).getRoute()).isEqualTo(expected.get(i).getRoute());
    }
  }

  private static String matching(String matches) {
    return matches.equals("-") ? "" : "match: [" + matches + "]\n  ";
  }

  @Test
  void conditions_ofWellLinkedResources_areTrue() throws Exception {
    MeshResource root = parse(root(DELEGATING, "/a"));
    MeshResource delegate = parse(delegate("exportTo: [shop]", "/a/b"));

    assertThat(conditions(root, delegate)).allMatch(Condition::status).hasSize(2);
    assertThat(conditions(delegate, root)).allMatch(Condition::status).hasSize(2);
  }

  @Test
  void conditions_ofAMissingDelegate_tellTheRoot() throws Exception {
    assertThat(conditions(parse(root(DELEGATING, "/a"))).get(1))
        .isEqualTo(
            new Condition(
                "ResolvedRefs",
                false,
                "DelegateNotFound",
                "http[0].delegate: no VirtualService carts/d (expected: one without hosts); calls"
                    + " go on to the next rule until then"));
  }

  @Test
  void conditions_ofADelegateWithHosts_tellTheRoot() throws Exception {
    MeshResource other = parse(virtual("carts", "d", "hosts: [cart]", ANSWERS));

    assertThat(conditions(parse(root(DELEGATING, "/a")), other).get(1).reason())
        .isEqualTo("InvalidDelegate");
  }

  @Test
  void conditions_ofADelegateThatIsNotExported_tellBoth() throws Exception {
    MeshResource root = parse(root(DELEGATING, "/a"));
    MeshResource delegate = parse(delegate("exportTo: [.]", "/a"));

    assertThat(conditions(root, delegate).get(1).reason()).isEqualTo("RefNotPermitted");
    assertThat(conditions(delegate, root).get(0).message())
        .startsWith("exportTo: not the namespace of VirtualService shop/orders");
  }

  @Test
  void conditions_ofAMatchThatIsNoPart_tellBothWhichRule() throws Exception {
    MeshResource root = parse(root(DELEGATING, "/a"));
    MeshResource delegate = parse(delegate("", "/b"));

    assertThat(conditions(root, delegate).get(2))
        .isEqualTo(
            new Condition(
                "Effective",
                false,
                "Conflicted",
                "http[0].delegate: http[0] of VirtualService carts/d matches more than this rule"
                    + " (expected: a part of it); it has no effect"));
    assertThat(conditions(delegate, root).get(2).message())
        .startsWith("http[0] matches more than http[0] of VirtualService shop/orders");
  }

  @Test
  void conditions_ofADelegateThatNobodyDelegatesTo_sayThatItHasNoEffect() throws Exception {
    assertThat(conditions(parse(delegate("", "/a"))).get(0).reason()).isEqualTo("NoMatchingParent");
  }

  @Test
  void delegate_thatIsNotExported_isNotUsed() throws Exception {
    mesh.apply(root(DELEGATING, "/a")).apply(delegate("exportTo: [elsewhere]", "/a"));
    assertThat(routes()).isEmpty();

    mesh.apply(delegate("exportTo: [elsewhere, shop]", "/a"));
    assertThat(routes()).hasSize(1);
  }

  @Test
  void sources_nameDelegatesOfTheVirtualServiceThatCounts() throws Exception {
    mesh.apply(root(DELEGATING, "/a")).apply(delegate("", "/a"));

    assertThat(RouteSources.of(mesh.model(), "orders", "shop"))
        .extracting(RouteSources.Source::name, RouteSources.Source::counts)
        .containsExactly(
            tuple("VirtualService/shop/orders", true), tuple("VirtualService/carts/d", true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "hosts: [orders] | {delegate: {name: d}, route: [{destination: {host: cart}}]} |"
            + " http[0].delegate: beside a route",
        "hosts: [orders] | {delegate: {name: d}, redirect: {uri: /}} | http[0].delegate: beside a"
            + " route",
        "hosts: [orders] | {delegate: {namespace: d}} | http[0].delegate.name: absent",
        "hosts: [orders] | {delegate: {name: d, host: x}} | http[0].delegate.host: unknown field",
        "hosts: [] | {delegate: {name: d}} | http[0].delegate: in a VirtualService without hosts",
        "gateways: [mesh] | {directResponse: {status: 200}} | spec.gateways: [mesh] (expected:"
            + " absent, as hosts are",
        "exportTo: [~] | {directResponse: {status: 200}} | spec.exportTo: '~' (expected:",
      })
  void delegating_thatMakesNoSense_isRefusedByField(String head, String rule, String why) {
    assertThatThrownBy(() -> mesh.apply(virtual("shop", "orders", head, "- " + rule + "\n")))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining(why);
  }

  private static final String DELEGATING = "delegate: {name: d, namespace: carts}";
  private static final String ANSWERS = "- directResponse: {status: 200}\n";

  private void root(String rules) throws Exception {
    mesh.apply(virtual("shop", "orders", "hosts: [orders]", rules));
  }

  private static String root(String action, String prefix) {
    return virtual(
        "shop",
        "orders",
        "hosts: [orders]",
        "- match: [{uri: {prefix: " + prefix + "}}]\n  " + action + "\n");
  }

  private void delegate(String namespace, String name, String rules) throws Exception {
    mesh.apply(virtual(namespace, name, "", rules));
  }

  private static String delegate(String head, String prefix) {
    return virtual(
        "carts",
        "d",
        head,
        "- match: [{uri: {prefix: " + prefix + "}}]\n  directResponse: {status: 200}\n");
  }

  private static String virtual(String namespace, String name, String head, String rules) {
    return """
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: %s, namespace: %s}
    spec:
      %s
      http:
    %s\
    """
        .formatted(name, namespace, head, rules.indent(2));
  }

  private List<Route> routes() {
    return routes(mesh);
  }

  private static List<Route> routes(Models mesh) {
    Scope scope = new Scope("shop", Map.of(), Scope.Dialect.AGENT);
    return Objects.requireNonNull(RouteTable.of(mesh.model(), "orders.shop:8080", scope))
        .getVirtualHosts(0)
        .getRoutesList();
  }

  private static MeshResource parse(String yaml) throws Exception {
    return ResourceParser.parse(ResourceParser.documents(yaml).get(0)).resource();
  }

  private static List<Condition> conditions(MeshResource resource, MeshResource... others) {
    return RouteConditions.of(
        resource,
        new Applied(
            service -> true,
            new ReferenceGrants(List.of()),
            Stream.concat(Stream.of(others), Stream.of(resource)).toList()));
  }
}
