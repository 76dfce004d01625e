package io.endomesh.xds.translate;

import com.google.protobuf.Any;
import com.google.protobuf.Value;
import io.endomesh.dataplane.route.QueryChanges;
import io.envoyproxy.envoy.config.core.v3.KeyValueAppend;
import io.envoyproxy.envoy.config.core.v3.KeyValueMutation;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.Mutations;
import java.util.ArrayList;
import java.util.List;

/**
 * HeaderMutationPerRoute to {@link QueryChanges}. What the filter may do to headers is refused:
 * routes have fields of their own for that. Stateless.
 */
final class QueryTranslator {

  private static final String TYPE =
      "envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute";

  private QueryTranslator() {}

  static boolean understands(Any config) {
    return Messages.is(config, TYPE);
  }

  static List<QueryChanges.Change> translate(String field, Any config) throws InvalidResource {
    Mutations mutations =
        Messages.unpack(field, config, TYPE, HeaderMutationPerRoute.parser()).getMutations();
    Messages.unsupported(
        field + ".mutations.request_mutations", mutations.getRequestMutationsCount() > 0);
    Messages.unsupported(
        field + ".mutations.response_mutations", mutations.getResponseMutationsCount() > 0);
    List<QueryChanges.Change> changes = new ArrayList<>();
    for (KeyValueMutation mutation : mutations.getQueryParameterMutationsList()) {
      changes.add(change(field + ".mutations.query_parameter_mutations", mutation));
    }
    return changes;
  }

  private static QueryChanges.Change change(String field, KeyValueMutation mutation)
      throws InvalidResource {
    if (mutation.hasAppend() != mutation.getRemove().isEmpty()) {
      throw new InvalidResource(
          field
              + (mutation.hasAppend() ? ": append and remove" : ": nothing")
              + " (expected: append or remove)");
    }
    return mutation.hasAppend()
        ? append(field + ".append", mutation.getAppend())
        : QueryChanges.remove(mutation.getRemove());
  }

  private static QueryChanges.Change append(String field, KeyValueAppend append)
      throws InvalidResource {
    String name = append.getRecord().getKey();
    Value value = append.getRecord().getValue();
    if (name.isEmpty() || value.getKindCase() != Value.KindCase.STRING_VALUE) {
      throw new InvalidResource(
          field + ".record: '" + name + "' (expected: a key, and a value that is a string)");
    }
    String of = field + "[" + name + "]";
    String literal = HeaderTranslator.literal(of, value.getStringValue());
    return switch (append.getAction()) {
      case APPEND_IF_EXISTS_OR_ADD -> QueryChanges.add(name, literal);
      case OVERWRITE_IF_EXISTS_OR_ADD -> QueryChanges.set(name, literal);
      default ->
          throw new InvalidResource(
              of
                  + ".action: "
                  + append.getAction()
                  + " (expected: APPEND_IF_EXISTS_OR_ADD or OVERWRITE_IF_EXISTS_OR_ADD)");
    };
  }
}
