package io.endomesh.dataplane.route;

import io.endomesh.dataplane.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which {@link Cors} holds for the requests that arrive at a port: that of the first route that
 * matches, as its callers choose routes. Immutable.
 */
public record CorsRules(List<Rule> rules) {

  public static final CorsRules NONE = new CorsRules(List.of());

  /**
   * @param name of the route
   * @param cors null says nothing, and hides what later rules would say
   */
  public record Rule(String name, RouteMatch match, @Nullable Cors cors) {}

  public CorsRules {
    rules = List.copyOf(rules);
  }

  /** Null if browsers are told nothing. Allocates nothing. */
  public @Nullable Rule match(Request request) {
    for (int i = 0; i < rules.size(); i++) {
      Rule rule = rules.get(i);
      if (rule.match().matches(request)) {
        return rule.cors() == null ? null : rule;
      }
    }
    return null;
  }
}
