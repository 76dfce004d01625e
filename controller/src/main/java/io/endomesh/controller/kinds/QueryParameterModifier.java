package io.endomesh.controller.kinds;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What becomes of the parameters of a query, for rules of HTTPRoutes of its namespace to name
 * (Gateway API {@code HTTPRouteFilter.extensionRef}). A kind of our own: neither Gateway API nor
 * Istio has a word for it. Immutable.
 *
 * @param set names are decoded, as are values
 */
public record QueryParameterModifier(
    Metadata metadata, List<Parameter> set, List<Parameter> add, List<String> remove)
    implements MeshResource {

  static final String API_GROUP = "endomesh.io";

  static final String KIND = "QueryParameterModifier";

  /** As Gateway API has it for the lists of {@code HTTPHeaderFilter}. */
  private static final int MOST = 16;

  public record Parameter(String name, String value) {}

  public QueryParameterModifier {
    set = List.copyOf(set);
    add = List.copyOf(add);
    remove = List.copyOf(remove);
  }

  static QueryParameterModifier read(Metadata metadata, Fields spec) {
    List<Parameter> set = spec.objects("set", QueryParameterModifier::parameter);
    List<Parameter> add = spec.objects("add", QueryParameterModifier::parameter);
    List<String> remove = spec.strings("remove");
    unique(spec, "set", ".name", set.stream().map(Parameter::name).toList());
    unique(spec, "add", ".name", add.stream().map(Parameter::name).toList());
    unique(spec, "remove", "", remove);
    if (set.isEmpty() && add.isEmpty() && remove.isEmpty()) {
      throw spec.invalid("set", "absent (expected: something to set, add or remove)");
    }
    return new QueryParameterModifier(metadata, set, add, remove);
  }

  private static Parameter parameter(Fields fields) {
    String value = fields.optionalString("value");
    if (value == null) {
      throw fields.invalid("value", "absent (expected: a string, which may be empty)");
    }
    return new Parameter(fields.string("name"), value);
  }

  private static void unique(Fields spec, String list, String field, List<String> names) {
    if (names.size() > MOST) {
      throw spec.invalid(list, names.size() + " of them (expected: at most " + MOST + ")");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      String where = list + "[" + i + "]" + field;
      if (name.isEmpty()) {
        throw spec.invalid(where, "'' (expected: the name of a parameter)");
      }
      if (!seen.add(name)) {
        throw spec.invalid(where, "'" + name + "' twice (expected: once)");
      }
    }
  }
}
