package io.endomesh.controller.translate;

import com.google.protobuf.Value;
import io.endomesh.controller.kinds.QueryParameterModifier;
import io.endomesh.controller.kinds.QueryParameterModifier.Parameter;
import io.envoyproxy.envoy.config.core.v3.KeyValueAppend;
import io.envoyproxy.envoy.config.core.v3.KeyValueAppend.KeyValueAppendAction;
import io.envoyproxy.envoy.config.core.v3.KeyValueMutation;
import io.envoyproxy.envoy.config.core.v3.KeyValuePair;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.Mutations;
import java.util.List;

/** QueryParameterModifiers as Envoy's header mutation, which has queries too. Stateless. */
final class QueryTranslator {

  private QueryTranslator() {}

  /** One modifier after the other, and of each what it removes, then sets, then adds. */
  static HeaderMutationPerRoute mutations(List<QueryParameterModifier> modifiers) {
    Mutations.Builder mutations = Mutations.newBuilder();
    for (QueryParameterModifier modifier : modifiers) {
      for (String name : modifier.remove()) {
        mutations.addQueryParameterMutations(KeyValueMutation.newBuilder().setRemove(name));
      }
      append(modifier.set(), KeyValueAppendAction.OVERWRITE_IF_EXISTS_OR_ADD, mutations);
      append(modifier.add(), KeyValueAppendAction.APPEND_IF_EXISTS_OR_ADD, mutations);
    }
    return HeaderMutationPerRoute.newBuilder().setMutations(mutations).build();
  }

  private static void append(
      List<Parameter> parameters, KeyValueAppendAction action, Mutations.Builder mutations) {
    for (Parameter parameter : parameters) {
      // Envoy fills in %COMMANDS%: a percent sign of its own is doubled.
      Value value = Value.newBuilder().setStringValue(parameter.value().replace("%", "%%")).build();
      mutations.addQueryParameterMutations(
          KeyValueMutation.newBuilder()
              .setAppend(
                  KeyValueAppend.newBuilder()
                      .setRecord(KeyValuePair.newBuilder().setKey(parameter.name()).setValue(value))
                      .setAction(action)));
    }
  }
}
