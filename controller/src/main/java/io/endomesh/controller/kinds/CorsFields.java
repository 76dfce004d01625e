package io.endomesh.controller.kinds;

import com.google.re2j.Pattern;
import io.endomesh.controller.kinds.RouteFilters.Cors;
import io.endomesh.controller.kinds.RouteFilters.OriginMatch;
import io.endomesh.controller.kinds.RouteFilters.OriginMatch.Comparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** Reads the CORS filter of an HTTPRoute and the corsPolicy of a VirtualService. Stateless. */
final class CorsFields {

  private static final String ANY = "*";

  /** {@code CORSOrigin} of Gateway API: scheme, host with wildcards, port. */
  private static final java.util.regex.Pattern ORIGIN =
      java.util.regex.Pattern.compile("(https?)://([^:/?#\\s]+)(?::([0-9]{1,5}))?");

  /** Any number of labels, and no port. */
  private static final String ANY_HOST = "[^:/]+";

  private static final int MAX_PORT = 65_535;

  /** Gateway API {@code HTTPCORSFilter.maxAge}. */
  private static final int DEFAULT_MAX_AGE_SECONDS = 5;

  private CorsFields() {}

  static Cors ofFilter(Fields fields) {
    List<String> origins = list(fields, "allowOrigins");
    List<String> methods = list(fields, "allowMethods");
    for (int i = 0; i < methods.size(); i++) {
      String method = methods.get(i);
      if (!method.equals(ANY) && !HttpRoute.METHODS.contains(method)) {
        throw fields.invalid(
            "allowMethods[" + i + "]",
            "'"
                + method
                + "' (expected: * or an HTTP method in upper case)"
                + Nearest.suggestion(method, HttpRoute.METHODS));
      }
    }
    List<OriginMatch> matches = new ArrayList<>();
    for (int i = 0; i < origins.size(); i++) {
      matches.add(origin(fields, "allowOrigins[" + i + "]", origins.get(i)));
    }
    Cors cors =
        new Cors(
            matches,
            methods,
            list(fields, "allowHeaders"),
            exposed(fields),
            (long) fields.integer("maxAge", 1, Integer.MAX_VALUE, DEFAULT_MAX_AGE_SECONDS),
            fields.bool("allowCredentials", false),
            /* forwardsUnmatched= */ false);
    fields.rejectUnknown();
    return cors;
  }

  /** Null if absent. */
  static @Nullable Cors ofVirtualService(Fields rule) {
    Fields fields = rule.optionalObject("corsPolicy");
    if (fields == null) {
      return null;
    }
    List<OriginMatch> origins =
        new ArrayList<>(fields.objects("allowOrigins", CorsFields::stringMatch));
    // Istio's older field.
    fields.strings("allowOrigin").forEach(o -> origins.add(new OriginMatch(Comparison.EXACT, o)));
    Long maxAge = fields.durationNanos("maxAge");
    Cors cors =
        new Cors(
            origins,
            list(fields, "allowMethods"),
            list(fields, "allowHeaders"),
            exposed(fields),
            maxAge == null ? null : (Long) TimeUnit.NANOSECONDS.toSeconds(maxAge),
            fields.bool("allowCredentials", false),
            fields.oneOf("unmatchedPreflights", Unmatched.class, Unmatched.UNSPECIFIED)
                != Unmatched.IGNORE);
    fields.rejectUnknown();
    return cors;
  }

  /** Istio's; unspecified forwards. */
  enum Unmatched {
    UNSPECIFIED,
    FORWARD,
    IGNORE
  }

  private static OriginMatch stringMatch(Fields fields) {
    if (fields.has("exact")) {
      return new OriginMatch(Comparison.EXACT, fields.string("exact"));
    }
    return fields.has("prefix")
        ? new OriginMatch(Comparison.PREFIX, fields.string("prefix"))
        : new OriginMatch(Comparison.REGEX, fields.regex("regex"));
  }

  /** A {@code *} stands for all, and so for nothing beside others. */
  private static List<String> list(Fields fields, String name) {
    List<String> values = fields.strings(name);
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      if (value.equals(ANY) && values.size() > 1) {
        throw fields.invalid(name + "[" + i + "]", "'*' beside others (expected: alone)");
      }
      if (!isOnOneLine(value)) {
        throw fields.invalid(name + "[" + i + "]", "'" + value + "' (expected: a name)");
      }
    }
    return values;
  }

  /** It becomes the value of a header. */
  private static boolean isOnOneLine(String value) {
    return !value.isBlank() && value.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ',');
  }

  private static List<String> exposed(Fields fields) {
    List<String> exposed = list(fields, "exposeHeaders");
    if (exposed.contains(ANY) && fields.bool("allowCredentials", false)) {
      // Browsers would look for a header of this name (Fetch, CORS protocol and credentials).
      throw fields.invalid(
          "exposeHeaders", "'*' beside allowCredentials (expected: the names of headers)");
    }
    return exposed;
  }

  private static OriginMatch origin(Fields fields, String name, String value) {
    if (value.equals(ANY)) {
      return new OriginMatch(Comparison.EXACT, ANY);
    }
    String lower = value.toLowerCase(Locale.ROOT);
    Matcher matcher = ORIGIN.matcher(lower);
    if (!matcher.matches()) {
      throw fields.invalid(
          name, "'" + value + "' (expected: * or http(s)://host, with a port if it has its own)");
    }
    String scheme = matcher.group(1);
    String host = matcher.group(2);
    String port = port(fields, name, value, scheme, matcher.group(3));
    if (!host.contains(ANY)) {
      return new OriginMatch(Comparison.EXACT, scheme + "://" + host + port);
    }
    StringBuilder regex = new StringBuilder(scheme).append("://");
    String[] literals = host.split("\\*", -1);
    for (int i = 0; i < literals.length; i++) {
      regex.append(i == 0 ? "" : ANY_HOST).append(Pattern.quote(literals[i]));
    }
    return new OriginMatch(Comparison.REGEX, regex.append(port).toString());
  }

  /** Browsers leave the port out where it is the scheme's own. */
  private static String port(
      Fields fields, String name, String value, String scheme, @Nullable String port) {
    if (port == null) {
      return "";
    }
    int number = Integer.parseInt(port);
    if (number < 1 || number > MAX_PORT) {
      throw fields.invalid(name, "'" + value + "' (expected: a port from 1 to " + MAX_PORT + ")");
    }
    return OWN_PORTS.contains(scheme + number) ? "" : ":" + number;
  }

  private static final Set<String> OWN_PORTS = Set.of("http80", "https443");
}
