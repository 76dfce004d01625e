package io.endomesh.dataplane.explain;

import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.route.HashPolicy;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.StringMatch;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rules as a person would say them. Stateless. */
final class Words {

  private static final double NANOS_IN_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final double NANOS_IN_SECOND = TimeUnit.SECONDS.toNanos(1);

  private Words() {}

  static String path(PathMatch match) {
    if (match instanceof PathMatch.Exact exact) {
      return exact.expected();
    }
    if (match instanceof PathMatch.Prefix prefix) {
      return prefix.prefix() + "…";
    }
    if (match instanceof PathMatch.SegmentPrefix prefix) {
      return prefix.prefix() + " or below";
    }
    return match instanceof PathMatch.Regex regex
        ? "all of it as " + regex.pattern()
        : match.toString();
  }

  static String text(StringMatch match) {
    if (match instanceof StringMatch.Exact exact) {
      return exact.expected();
    }
    if (match instanceof StringMatch.Prefix prefix) {
      return prefix.prefix() + "…";
    }
    if (match instanceof StringMatch.Suffix suffix) {
      return "…" + suffix.suffix();
    }
    if (match instanceof StringMatch.Contains contains) {
      return "…" + contains.part() + "…";
    }
    if (match instanceof StringMatch.Regex regex) {
      return "all of it as " + regex.pattern();
    }
    if (match instanceof StringMatch.Present) {
      return "present";
    }
    return match instanceof StringMatch.Not not ? "not " + text(not.match()) : match.toString();
  }

  static String condition(Condition condition) {
    if (condition instanceof Condition.All all) {
      return all.conditions().isEmpty() ? "anything" : joined(all.conditions(), " and ");
    }
    if (condition instanceof Condition.AnyOf any) {
      return any.conditions().isEmpty() ? "nothing" : joined(any.conditions(), " or ");
    }
    if (condition instanceof Condition.Not not) {
      return "not (" + condition(not.condition()) + ")";
    }
    if (condition instanceof Condition.Caller caller) {
      return text(caller.identity());
    }
    if (condition instanceof Condition.Claim claim) {
      return "claim " + String.join(".", claim.path()) + " " + text(claim.value());
    }
    if (condition instanceof Condition.RequestPrincipal principal) {
      return "token of " + text(principal.value());
    }
    if (condition instanceof Condition.Path path) {
      return "path " + path(path.path());
    }
    if (condition instanceof Condition.Header header) {
      String name =
          header.name().startsWith(":") ? header.name().substring(1) : "header " + header.name();
      return name + " " + text(header.value());
    }
    if (condition instanceof Condition.Address address) {
      return "address " + address.range();
    }
    return condition instanceof Condition.Origin origin
        ? "address before " + origin.hops() + " proxies " + origin.range()
        : condition.toString();
  }

  private static String joined(List<Condition> conditions, String between) {
    return conditions.stream()
        .map(
            condition ->
                conditions.size() > 1 && isCompound(condition)
                    ? "(" + condition(condition) + ")"
                    : condition(condition))
        .collect(Collectors.joining(between));
  }

  private static boolean isCompound(Condition condition) {
    return condition instanceof Condition.All all && all.conditions().size() > 1
        || condition instanceof Condition.AnyOf any && any.conditions().size() > 1;
  }

  static String balancing(Balancing balancing) {
    if (balancing instanceof Balancing.LeastRequest least) {
      return "of " + least.choices() + " at random the one with the fewest calls in flight";
    }
    if (balancing instanceof Balancing.RoundRobin) {
      return "one after the other";
    }
    if (balancing instanceof Balancing.PeakEwma) {
      return "of 2 at random the one expected to answer sooner";
    }
    return Balancing.byHash(balancing) ? "by the request's hash" : "at random";
  }

  static String hashPolicies(List<HashPolicy> policies) {
    return policies.stream().map(Words::hashPolicy).collect(Collectors.joining(", "));
  }

  private static String hashPolicy(HashPolicy policy) {
    if (policy instanceof HashPolicy.Header header) {
      return "header " + header.name();
    }
    if (policy instanceof HashPolicy.Cookie cookie) {
      return "cookie " + cookie.name();
    }
    return policy instanceof HashPolicy.QueryParameter parameter
        ? "query parameter " + parameter.name()
        : policy.toString();
  }

  /** Why a route does not match: its part of that number, see {@link RouteMatch#mismatch}. */
  static String mismatch(RouteMatch match, int part, ExplainedRequest request) {
    if (part == RouteMatch.PATH) {
      return expected("path", request.path(), path(match.path()));
    }
    if (part == RouteMatch.METHOD) {
      return expected("method", request.method(), String.valueOf(match.method()));
    }
    int header = part - RouteMatch.METHOD - 1;
    if (header < match.headers().size()) {
      RouteMatch.HeaderMatch wanted = match.headers().get(header);
      return expected("header " + wanted.name(), wanted.of(request), text(wanted.value()));
    }
    RouteMatch.QueryMatch wanted = match.queryParams().get(header - match.headers().size());
    return expected(
        "query parameter " + wanted.name(),
        RouteMatch.QueryMatch.parameter(request.query(), wanted.name()),
        text(wanted.value()));
  }

  private static String expected(String what, @Nullable String is, String expected) {
    return what + ": " + (is == null ? "absent" : is) + " (expected: " + expected + ")";
  }

  static String duration(long nanos) {
    return nanos >= NANOS_IN_SECOND
        ? number(nanos / NANOS_IN_SECOND) + " s"
        : number(nanos / NANOS_IN_MILLI) + " ms";
  }

  /** At most one decimal, and none if it is 0: {@code 90}, {@code 33.3}. */
  static String number(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  static String percent(double value) {
    return number(value) + " %";
  }
}
