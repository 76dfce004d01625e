package io.endomesh.controller.kinds;

import io.endomesh.controller.kinds.RouteResource.Backend;
import io.endomesh.controller.kinds.RouteResource.NamedText;
import io.endomesh.controller.kinds.RouteResource.Parent;
import io.endomesh.controller.kinds.RouteResource.Retry;
import io.endomesh.controller.kinds.RouteResource.Text;
import io.endomesh.controller.kinds.RouteResource.Timeouts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what HTTPRoute and GRPCRoute have in common. Stateless. */
final class RouteFields {

  /** As in Gateway API. */
  private static final int MAX_WEIGHT = 1_000_000;

  /** Enough for every sensible policy; a budget caps retries anyway. */
  static final int MAX_ATTEMPTS = 10;

  enum MatchType {
    Exact,
    RegularExpression
  }

  private RouteFields() {}

  static List<Parent> parents(MeshResource.Metadata metadata, Fields spec) {
    List<Parent> parents =
        spec.objects(
            "parentRefs",
            fields -> {
              String kind = fields.string("kind", "Gateway");
              if (!kind.equals("Service")) {
                throw fields.invalid("kind", "'" + kind + "' (expected: Service)");
              }
              coreGroup(fields);
              fields.unsupported("sectionName");
              return new Parent(
                  fields.string("namespace", metadata.namespace()),
                  fields.string("name"),
                  port(fields));
            });
    if (parents.isEmpty()) {
      throw spec.invalid("parentRefs", "absent (expected: a Service the route is for)");
    }
    spec.ignored("hostnames");
    return parents;
  }

  /** The filters that a backend of its own may have. */
  private static final Set<FilterFields.Type> BACKEND_FILTERS =
      Set.of(FilterFields.Type.RequestHeaderModifier, FilterFields.Type.ResponseHeaderModifier);

  static RouteFilters filters(
      MeshResource.Metadata metadata, Fields rule, Set<FilterFields.Type> allowed) {
    return FilterFields.read(
        rule,
        allowed,
        fields -> {
          Backend backend = backend(metadata, fields, RouteFilters.NONE, 1);
          fields.rejectUnknown();
          return backend;
        });
  }

  private static Backend backend(
      MeshResource.Metadata metadata, Fields fields, RouteFilters filters, int weight) {
    String kind = fields.string("kind", "Service");
    if (!kind.equals("Service")) {
      throw fields.invalid("kind", "'" + kind + "' (expected: Service)");
    }
    coreGroup(fields);
    return new Backend(
        fields.string("namespace", metadata.namespace()),
        fields.string("name"),
        null,
        port(fields),
        weight,
        filters);
  }

  /**
   * @param answered true if the mesh answers itself: then there must be none
   * @return empty if the rule leads where its callers meant to go
   */
  static List<Backend> backends(MeshResource.Metadata metadata, Fields rule, boolean answered) {
    List<Backend> backends =
        rule.objects(
            "backendRefs",
            fields ->
                backend(
                    metadata,
                    fields,
                    filters(metadata, fields, BACKEND_FILTERS),
                    fields.integer("weight", 0, MAX_WEIGHT, 1)));
    if (answered) {
      if (!backends.isEmpty()) {
        throw rule.invalid("backendRefs", "beside a RequestRedirect (expected: none)");
      }
      return backends;
    }
    if (!backends.isEmpty() && backends.stream().allMatch(backend -> backend.weight() == 0)) {
      rule.warn("backendRefs", "weights sum to 0: calls are answered with 500");
    }
    return backends;
  }

  static Timeouts timeouts(Fields rule) {
    Fields fields = rule.objectOrEmpty("timeouts");
    Long request = fields.durationNanos("request");
    Long attempt = fields.durationNanos("backendRequest");
    if (request != null && attempt != null && request != 0 && attempt > request) {
      throw fields.invalid(
          "backendRequest",
          fields.optionalString("backendRequest")
              + " (expected: no longer than request, "
              + fields.optionalString("request")
              + ")");
    }
    fields.rejectUnknown();
    return new Timeouts(zeroIsNone(request), zeroIsNone(attempt));
  }

  static @Nullable Retry retry(Fields rule) {
    Fields fields = rule.optionalObject("retry");
    if (fields == null) {
      return null;
    }
    List<Integer> codes = fields.integers("codes", 400, 599);
    Integer attempts =
        fields.has("attempts") ? (Integer) fields.integer("attempts", 0, MAX_ATTEMPTS) : null;
    Retry retry = new Retry(codes, attempts, fields.durationNanos("backoff"), List.of());
    fields.rejectUnknown();
    return retry;
  }

  static RouteResource.@Nullable Session session(Fields rule) {
    Fields fields = rule.optionalObject("sessionPersistence");
    if (fields == null) {
      return null;
    }
    SessionType type = fields.oneOf("type", SessionType.class, SessionType.Cookie);
    String name = fields.string("sessionName", "endomesh-session");
    // The timeouts of GEP-1619; a session here ends with its endpoint, or with the cookie.
    Long absolute = fields.durationNanos("absoluteTimeout");
    fields.unsupported("idleTimeout");
    if (!HeaderNames.isToken(name)) {
      throw fields.invalid(
          "sessionName", "'" + name + "' (expected: the name of a cookie or header)");
    }
    Fields cookie = fields.objectOrEmpty("cookieConfig");
    if (fields.has("cookieConfig") && type != SessionType.Cookie) {
      throw fields.invalid("cookieConfig", "beside type Header (expected: only with Cookie)");
    }
    boolean permanent =
        cookie.oneOf("lifetimeType", Lifetime.class, Lifetime.Session) == Lifetime.Permanent;
    cookie.rejectUnknown();
    if (permanent && (absolute == null || absolute == 0)) {
      throw fields.invalid(
          "absoluteTimeout", "absent (expected: how long a Permanent cookie lives)");
    }
    if (!permanent && absolute != null) {
      // Nothing here ends a session but its endpoint, or the cookie in the application's store.
      throw fields.invalid(
          "absoluteTimeout",
          "without a Permanent cookie: not supported in this release (expected: absent, or"
              + " cookieConfig.lifetimeType Permanent)");
    }
    fields.rejectUnknown();
    return new RouteResource.Session(
        type == SessionType.Header ? name.toLowerCase(Locale.ROOT) : name,
        type == SessionType.Cookie,
        permanent ? absolute : null);
  }

  enum Lifetime {
    Session,
    Permanent
  }

  enum SessionType {
    Cookie,
    Header
  }

  /** Of several for one name the first counts (Gateway API {@code HTTPRouteMatch.headers}). */
  static List<NamedText> headers(Fields match) {
    return firstOfEach(match, "headers", match.objects("headers", RouteFields::header));
  }

  /** Likewise ({@code HTTPRouteMatch.queryParams}). */
  static List<NamedText> queryParams(Fields match) {
    return firstOfEach(match, "queryParams", match.objects("queryParams", RouteFields::queryParam));
  }

  private static List<NamedText> firstOfEach(Fields match, String field, List<NamedText> all) {
    Map<String, NamedText> first = new LinkedHashMap<>();
    for (int i = 0; i < all.size(); i++) {
      if (first.putIfAbsent(all.get(i).name(), all.get(i)) != null) {
        match.warn(
            field + "[" + i + "]",
            "'" + all.get(i).name() + "' is there already, and the first counts");
      }
    }
    return List.copyOf(first.values());
  }

  private static NamedText header(Fields fields) {
    return new NamedText(
        HeaderNames.read(fields, "name", fields.string("name")), text(fields, "value"));
  }

  private static NamedText queryParam(Fields fields) {
    return new NamedText(fields.string("name"), text(fields, "value"));
  }

  static Text text(Fields fields, String name) {
    boolean regex =
        fields.oneOf("type", MatchType.class, MatchType.Exact) == MatchType.RegularExpression;
    return new Text(regex, regex ? fields.regex(name) : fields.string(name));
  }

  static void coreGroup(Fields fields) {
    String group = fields.string("group", "");
    if (!group.isEmpty() && !group.equals("core")) {
      throw fields.invalid("group", "'" + group + "' (expected: '', the group of Service)");
    }
  }

  private static @Nullable Integer port(Fields fields) {
    return fields.has("port") ? (Integer) fields.integer("port", 1, 65535) : null;
  }

  private static @Nullable Long zeroIsNone(@Nullable Long nanos) {
    return nanos == null || nanos == 0 ? null : nanos;
  }
}
