package io.endomesh.xds.translate;

import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.UrlRewrite;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A RouteConfiguration, translated; clusters are still names. Immutable. */
public record RouteResource(String name, List<Host> hosts) {

  public RouteResource {
    hosts = List.copyOf(hosts);
  }

  /**
   * @param name of the service
   * @param domains as Envoy has them: exact, {@code *.suffix}, {@code prefix*} or {@code *}
   * @param database rules for statements executed there; null if there are none
   */
  public record Host(
      String name, List<String> domains, List<Rule> rules, @Nullable DatabasePolicy database) {

    public Host {
      domains = List.copyOf(domains);
      rules = List.copyOf(rules);
    }
  }

  /** A route whose clusters are names. */
  public record Rule(String name, RouteMatch match, Action action, RoutePolicy policy) {}

  /** {@link RouteAction} whose clusters are names. */
  public sealed interface Action {

    /**
     * @param notFoundStatus of calls to a cluster that there is not
     */
    record Forward(
        List<Target> targets,
        @Nullable UrlRewrite rewrite,
        List<Mirror> mirrors,
        int notFoundStatus)
        implements Action {
      public Forward {
        targets = List.copyOf(targets);
        mirrors = List.copyOf(mirrors);
      }
    }

    /** It needs no cluster. */
    record Answer(RouteAction.Answer answer) implements Action {}
  }

  /** One side of a split. */
  public record Target(
      String cluster, int weight, HeaderChanges requestHeaders, HeaderChanges responseHeaders) {}

  /** Who gets copies, and of how many requests. */
  public record Mirror(String cluster, Share share) {}

  /** Names of all clusters that some rule leads to, or that get copies. */
  public Set<String> clusters() {
    Set<String> names = new LinkedHashSet<>();
    for (Host host : hosts) {
      for (Rule rule : host.rules()) {
        if (rule.action() instanceof Action.Forward forward) {
          forward.targets().forEach(target -> names.add(target.cluster()));
          forward.mirrors().forEach(mirror -> names.add(mirror.cluster()));
        }
      }
    }
    return names;
  }

  /**
   * The host whose domain fits an authority best: exact, then the longest suffix, then the longest
   * prefix, then {@code *} (Envoy {@code VirtualHost.domains}). The domains were made for the
   * listener of that authority, so a single host needs no match.
   */
  public @Nullable Host host(String authority) {
    if (hosts.size() == 1) {
      return hosts.get(0);
    }
    Host best = null;
    int bestRank = -1;
    for (Host host : hosts) {
      for (String domain : host.domains()) {
        int rank = rank(domain.toLowerCase(Locale.ROOT), authority);
        if (rank > bestRank) {
          best = host;
          bestRank = rank;
        }
      }
    }
    return best;
  }

  /** Higher is better; below 0 it does not match. Names have at most 253 characters. */
  private static int rank(String domain, String authority) {
    if (domain.equals("*")) {
      return 0;
    }
    if (domain.equals(authority)) {
      return EXACT_RANK;
    }
    if (domain.startsWith("*") && authority.endsWith(domain.substring(1))) {
      return SUFFIX_RANK + domain.length();
    }
    if (domain.endsWith("*") && authority.startsWith(domain.substring(0, domain.length() - 1))) {
      return domain.length();
    }
    return -1;
  }

  private static final int EXACT_RANK = 1_000_000;
  private static final int SUFFIX_RANK = 10_000;
}
