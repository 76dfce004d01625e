package io.endomesh.dataplane.authorize;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.Policy.Rule;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.StringMatch;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AuthorizationTest {

  private static final String ORDERS = "spiffe://td/ns/shop/sa/orders";
  private static final String STOREFRONT = "spiffe://td/ns/shop/sa/storefront";

  @Test
  void check_noPolicy_allows() {
    assertThat(Authorization.ALLOW_ALL.check(TestRequest.get("p", "/"), null, null)).isNull();
  }

  @Test
  void check_allowPolicy_refusesOthersAndNamesItself() {
    Authorization onlyOrders = new Authorization(List.of(), List.of(from("only-orders", ORDERS)));
    assertThat(check(onlyOrders, ORDERS)).isNull();
    Reply refusal = check(onlyOrders, STOREFRONT);
    assertThat(refusal).isNotNull();
    assertThat(refusal.status()).isEqualTo(403);
    assertThat(refusal.grpcStatus()).isEqualTo(Reply.GRPC_PERMISSION_DENIED);
    assertThat(refusal.decidedBy()).isEqualTo("only-orders");
    assertThat(refusal.message()).contains(STOREFRONT);
  }

  @Test
  void refusesAllOf_saysWhatCheckWould_ifOnlyTheCallerCounts() {
    Authorization onlyOrders = new Authorization(List.of(), List.of(from("only-orders", ORDERS)));
    assertThat(onlyOrders.refusesAllOf(ORDERS)).isNull();
    assertThat(onlyOrders.refusesAllOf(STOREFRONT)).isEqualTo("only-orders");
    assertThat(onlyOrders.refusesAllOf(null)).isEqualTo("only-orders");
    Authorization notOrders =
        new Authorization(
            List.of(from("no-orders", ORDERS)), List.of(from("orders-allowed", ORDERS)));
    assertThat(notOrders.refusesAllOf(ORDERS)).isEqualTo("no-orders");
    assertThat(notOrders.refusesAllOf(STOREFRONT)).isEqualTo("orders-allowed");
    assertThat(Authorization.ALLOW_ALL.refusesAllOf(null)).isNull();
    assertThat(
            new Authorization(List.of(), List.of(new Policy("nobody", List.of())))
                .refusesAllOf(ORDERS))
        .isEqualTo("nobody");
  }

  @Test
  void refusesAllOf_whatElseCounts_mayBeLetIn() {
    Rule onPath =
        new Rule(
            new Condition.Caller(new StringMatch.Exact(ORDERS)),
            new Condition.Path(new PathMatch.Prefix("/a")));
    Policy policy = new Policy("on-path", List.of(onPath));
    assertThat(new Authorization(List.of(policy), List.of()).refusesAllOf(ORDERS)).isNull();
    Authorization allowing = new Authorization(List.of(), List.of(policy));
    assertThat(allowing.refusesAllOf(ORDERS)).isNull();
    assertThat(allowing.refusesAllOf(STOREFRONT)).isEqualTo("on-path");
  }

  @Test
  void check_noIdentity_neverMatchesAPrincipal() {
    Authorization any =
        new Authorization(
            List.of(),
            List.of(
                new Policy(
                    "any-identity",
                    List.of(
                        new Rule(
                            new Condition.Caller(new StringMatch.Prefix("")), Condition.ANY)))));
    assertThat(check(any, null)).isNotNull();
    assertThat(check(any, ORDERS)).isNull();
  }

  @Test
  void check_denyBeatsAllow() {
    Authorization both =
        new Authorization(
            List.of(from("no-orders", ORDERS)), List.of(from("orders-allowed", ORDERS)));
    assertThat(check(both, ORDERS).decidedBy()).isEqualTo("no-orders");
  }

  @Test
  void check_allowPolicyWithoutRules_refusesEverybody() {
    Authorization nobody = new Authorization(List.of(), List.of(new Policy("nobody", List.of())));
    assertThat(check(nobody, ORDERS).decidedBy()).isEqualTo("nobody");
  }

  @Test
  void check_secondAllowPolicyMatches_allows() {
    Authorization two =
        new Authorization(
            List.of(), List.of(from("orders", ORDERS), from("storefront", STOREFRONT)));
    assertThat(check(two, STOREFRONT)).isNull();
  }

  @Test
  void check_permission_isAboutPathAndMethod() {
    Authorization readOnly =
        new Authorization(
            List.of(),
            List.of(
                new Policy(
                    "read-only",
                    List.of(
                        new Rule(
                            Condition.ANY,
                            new Condition.All(
                                List.of(
                                    new Condition.Header(":method", new StringMatch.Exact("GET")),
                                    new Condition.Path(new PathMatch.Prefix("/public")))))))));
    assertThat(readOnly.check(TestRequest.get("p", "/public/a"), null, null)).isNull();
    assertThat(readOnly.check(TestRequest.post("p", "/public/a"), null, null)).isNotNull();
    assertThat(readOnly.check(TestRequest.get("p", "/private"), null, null)).isNotNull();
  }

  @Test
  void not_inverts() {
    Condition notOrders = new Condition.Not(new Condition.Caller(new StringMatch.Exact(ORDERS)));
    assertThat(notOrders.matches(TestRequest.get("p", "/"), STOREFRONT, null)).isTrue();
    assertThat(notOrders.matches(TestRequest.get("p", "/"), ORDERS, null)).isFalse();
  }

  private static @Nullable Reply check(Authorization authorization, @Nullable String caller) {
    return authorization.check(TestRequest.post("payments", "/charges"), caller, "127.0.0.1");
  }

  private static Policy from(String name, String caller) {
    return new Policy(
        name,
        List.of(new Rule(new Condition.Caller(new StringMatch.Exact(caller)), Condition.ANY)));
  }

  private static Policy onRole(Condition role) {
    return new Policy("role", List.of(new Rule(Condition.ANY, role)));
  }

  private static final Condition ADMIN =
      new Condition.Header("x-role", new StringMatch.Exact("admin"));

  private static @Nullable Reply checkRoles(Authorization authorization, String... roles) {
    return authorization.check(TestRequest.get("p", "/").header("x-role", roles), null, null);
  }

  @Test
  void check_denyOnAHeaderThatIsThereTwice_oneValueIsEnoughToRefuse() {
    Authorization noAdmins = new Authorization(List.of(onRole(ADMIN)), List.of());

    assertThat(checkRoles(noAdmins, "admin", "user")).isNotNull();
    assertThat(checkRoles(noAdmins, "user", "admin")).isNotNull();
    assertThat(checkRoles(noAdmins, "user, admin")).isNotNull();
    assertThat(checkRoles(noAdmins, "user", "administrator")).isNull();
  }

  @Test
  void check_allowUnlessAHeader_oneValueIsEnoughToRefuse() {
    Authorization byCondition =
        new Authorization(List.of(), List.of(onRole(new Condition.Not(ADMIN))));
    Authorization byMatch =
        new Authorization(
            List.of(),
            List.of(
                onRole(
                    new Condition.Header(
                        "x-role", new StringMatch.Not(new StringMatch.Exact("admin"))))));

    for (Authorization notAdmins : List.of(byCondition, byMatch)) {
      assertThat(checkRoles(notAdmins, "user")).isNull();
      assertThat(checkRoles(notAdmins, "user", "admin")).isNotNull();
      assertThat(checkRoles(notAdmins, "admin", "user")).isNotNull();
    }
  }
}
