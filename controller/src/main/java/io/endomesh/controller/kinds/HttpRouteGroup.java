package io.endomesh.controller.kinds;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An HTTPRouteGroup of SMI, specs.smi-spec.io/v1alpha4: kinds of calls, for others to name.
 * Immutable.
 */
public record HttpRouteGroup(Metadata metadata, List<Match> matches) implements MeshResource {

  static final String API_GROUP = "specs.smi-spec.io";

  private static final String ANY_METHOD = "*";

  /**
   * All of it must hold.
   *
   * @param pathRegex that the path begins with; null matches any
   * @param methods any of them; empty matches all
   * @param headers names in lower case, and regular expressions for the whole value
   */
  public record Match(
      String name, @Nullable String pathRegex, List<String> methods, Map<String, String> headers) {
    public Match {
      methods = List.copyOf(methods);
      headers = new LinkedHashMap<>(headers);
    }
  }

  public HttpRouteGroup {
    matches = List.copyOf(matches);
  }

  static HttpRouteGroup read(Metadata metadata, Fields spec) {
    List<String> names = new ArrayList<>();
    List<Match> matches =
        spec.objects(
            "matches",
            fields -> {
              Match match = match(fields);
              if (names.contains(match.name())) {
                throw fields.invalid("name", "'" + match.name() + "' twice (expected: once)");
              }
              names.add(match.name());
              return match;
            });
    if (matches.isEmpty()) {
      throw spec.invalid("matches", "absent (expected: at least one)");
    }
    return new HttpRouteGroup(metadata, matches);
  }

  private static Match match(Fields fields) {
    List<String> methods = fields.strings("methods");
    for (int i = 0; i < methods.size(); i++) {
      String method = methods.get(i);
      if (!method.equals(ANY_METHOD) && !HttpRoute.METHODS.contains(method)) {
        throw fields.invalid(
            "methods[" + i + "]",
            "'"
                + method
                + "' (expected: * or an HTTP method in upper case)"
                + Nearest.suggestion(method, HttpRoute.METHODS));
      }
    }
    Map<String, String> headers = new LinkedHashMap<>();
    Fields written = fields.objectOrEmpty("headers");
    for (String header : fields.stringMap("headers").keySet()) {
      headers.put(HeaderNames.read(written, header, header), written.regex(header));
    }
    return new Match(
        fields.string("name"),
        fields.has("pathRegex") ? fields.regex("pathRegex") : null,
        methods.contains(ANY_METHOD) ? List.of() : methods,
        headers);
  }
}
