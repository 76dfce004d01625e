package io.endomesh.xds.translate;

import static io.endomesh.xds.Xds.any;
import static io.endomesh.xds.translate.RouteMessages.filtered;
import static io.endomesh.xds.translate.RouteMessages.redirect;
import static io.endomesh.xds.translate.RouteMessages.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.Any;
import com.google.protobuf.Value;
import io.endomesh.dataplane.route.QueryChanges;
import io.endomesh.dataplane.route.UrlRewrite;
import io.endomesh.xds.Xds;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation;
import io.envoyproxy.envoy.config.core.v3.KeyValueAppend;
import io.envoyproxy.envoy.config.core.v3.KeyValueAppend.KeyValueAppendAction;
import io.envoyproxy.envoy.config.core.v3.KeyValueMutation;
import io.envoyproxy.envoy.config.core.v3.KeyValuePair;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.Mutations;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class QueryTranslatorTest {

  private static final String TYPE =
      "envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute";

  private static final KeyValueMutation.Builder REMOVE =
      KeyValueMutation.newBuilder().setRemove("debug");

  @Test
  void translate_mutationsOfARoute_inTheirOrder() throws Exception {
    Route route =
        filtered(
            config(
                REMOVE,
                append("v", "100%%", KeyValueAppendAction.OVERWRITE_IF_EXISTS_OR_ADD),
                append("a", "", KeyValueAppendAction.APPEND_IF_EXISTS_OR_ADD)));

    assertThat(rewrite(rule(route)))
        .isEqualTo(
            new UrlRewrite(
                null,
                null,
                new QueryChanges(
                    List.of(
                        QueryChanges.remove("debug"),
                        QueryChanges.set("v", "100%"),
                        QueryChanges.add("a", "")))));
  }

  @Test
  void translate_mutationsOfSeveralLevels_areMadeInTurnFromTheMostSpecific() throws Exception {
    RouteConfiguration.Builder table =
        Xds.routes("r", filtered(config(REMOVE))).toBuilder()
            .putTypedPerFilterConfig(
                "filter", config(append("a", "1", KeyValueAppendAction.APPEND_IF_EXISTS_OR_ADD)));

    assertThat(rewrite(RouteTranslator.translate(table.build()).hosts().get(0).rules().get(0)))
        .extracting(rewrite -> rewrite.query().changes())
        .isEqualTo(List.of(QueryChanges.remove("debug"), QueryChanges.add("a", "1")));
  }

  @Test
  void translate_wrappedAndSwitchedOff_changesNothing() throws Exception {
    FilterConfig.Builder wrapped = FilterConfig.newBuilder().setConfig(config(REMOVE));
    String type = "envoy.config.route.v3.FilterConfig";

    assertThat(forward(rule(filtered(any(type, wrapped.build())))).rewrite()).isNotNull();
    assertThat(forward(rule(filtered(any(type, wrapped.setDisabled(true).build())))).rewrite())
        .isNull();
  }

  static List<Arguments> refused() {
    KeyValueAppendAction add = KeyValueAppendAction.APPEND_IF_EXISTS_OR_ADD;
    String field = "a.typed_per_filter_config[filter].mutations.";
    return List.of(
        arguments(
            filtered(
                config(
                    Mutations.newBuilder()
                        .addRequestMutations(HeaderMutation.newBuilder().setRemove("x")))),
            field + "request_mutations is not supported"),
        arguments(
            filtered(
                config(
                    Mutations.newBuilder()
                        .addResponseMutations(HeaderMutation.newBuilder().setRemove("x")))),
            field + "response_mutations is not supported"),
        arguments(
            filtered(config(KeyValueMutation.newBuilder())),
            field + "query_parameter_mutations: nothing (expected: append or remove)"),
        arguments(
            filtered(config(append("a", "b", add).setRemove("a"))),
            "query_parameter_mutations: append and remove (expected: append or remove)"),
        arguments(
            filtered(config(append("", "b", add))),
            "query_parameter_mutations.append.record: '' (expected: a key, and a value"),
        arguments(
            filtered(
                config(
                    KeyValueMutation.newBuilder()
                        .setAppend(
                            KeyValueAppend.newBuilder()
                                .setRecord(
                                    KeyValuePair.newBuilder()
                                        .setKey("a")
                                        .setValue(Value.newBuilder().setNumberValue(1)))))),
            "append.record: 'a' (expected: a key, and a value that is a string)"),
        arguments(
            filtered(config(append("a", "%REQ(x)%", add))),
            "append[a]: '%REQ(x)%' (expected: no command"),
        arguments(
            filtered(config(append("a", "b", KeyValueAppendAction.ADD_IF_ABSENT))),
            "append[a].action: ADD_IF_ABSENT (expected: APPEND_IF_EXISTS_OR_ADD or"),
        arguments(
            redirect(RedirectAction.newBuilder()).toBuilder()
                .putTypedPerFilterConfig("filter", config(REMOVE))
                .build(),
            "a.redirect beside query_parameter_mutations is not supported"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void translate_whatCannotBeUsed_isRefusedByFieldAndValue(Route route, String message) {
    assertThatThrownBy(() -> rule(route))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining(message);
  }

  private static UrlRewrite rewrite(RouteResource.Rule rule) {
    return Objects.requireNonNull(forward(rule).rewrite());
  }

  private static RouteResource.Action.Forward forward(RouteResource.Rule rule) {
    return (RouteResource.Action.Forward) rule.action();
  }

  private static KeyValueMutation.Builder append(
      String name, String value, KeyValueAppendAction action) {
    return KeyValueMutation.newBuilder()
        .setAppend(
            KeyValueAppend.newBuilder()
                .setRecord(
                    KeyValuePair.newBuilder()
                        .setKey(name)
                        .setValue(Value.newBuilder().setStringValue(value)))
                .setAction(action));
  }

  private static Any config(KeyValueMutation.Builder... mutations) {
    Mutations.Builder all = Mutations.newBuilder();
    for (KeyValueMutation.Builder mutation : mutations) {
      all.addQueryParameterMutations(mutation);
    }
    return config(all);
  }

  private static Any config(Mutations.Builder mutations) {
    return any(TYPE, HeaderMutationPerRoute.newBuilder().setMutations(mutations).build());
  }
}
