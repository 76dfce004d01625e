package io.endomesh.controller.translate;

import static io.endomesh.controller.translate.RouteConditions.unresolved;

import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.kinds.ServiceEntry;
import io.endomesh.controller.kinds.VirtualService;
import io.endomesh.controller.translate.RouteConditions.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether what a VirtualService is for is there (Accepted), and what it leads to (ResolvedRefs):
 * services, and hosts of ServiceEntries that the mesh can lead calls to. Stateless.
 */
final class VirtualServiceConditions {

  private VirtualServiceConditions() {}

  /** Accepted, ResolvedRefs, and what of it has no effect. */
  static List<Condition> of(VirtualService virtual, Applied applied) {
    List<Condition> conditions = new ArrayList<>();
    conditions.add(hosts(virtual, applied));
    conditions.add(routes(virtual, applied));
    Condition partly = partly(virtual, applied);
    if (partly != null && conditions.get(0).status()) {
      conditions.add(partly);
    }
    return conditions;
  }

  private static Condition hosts(VirtualService virtual, Applied applied) {
    List<String> missing = new ArrayList<>();
    List<String> unusable = new ArrayList<>();
    int unled = 0;
    for (String host : virtual.hosts()) {
      RouteHost means = RouteHost.of(host, virtual.metadata().namespace(), applied::serviceEntry);
      String absent = absent(means, applied);
      if (absent != null) {
        missing.add(absent);
      } else if (means instanceof RouteHost.External external) {
        String why = notLed(external.entry());
        if (why != null) {
          unusable.add(host + ": " + why);
          unled++;
        }
      }
    }
    if (!missing.isEmpty()) {
      return new Condition(
          "Accepted",
          false,
          "NoMatchingParent",
          "hosts: no "
              + String.join(", no ", missing)
              + " (expected: a service that joined, a v1 Service, or a host of a ServiceEntry); it"
              + " has no effect there until there is one");
    }
    return unled > 0 && unled == virtual.hosts().size()
        ? new Condition(
            "Accepted",
            false,
            "UnsupportedValue",
            "hosts: " + String.join("; ", unusable) + "; it has no effect")
        : new Condition("Accepted", true, "Accepted", "");
  }

  /** Why a ServiceEntry's calls are not led by rules; null if they are. */
  private static @Nullable String notLed(ServiceEntry entry) {
    String name = "ServiceEntry " + Precedence.text(entry);
    if (entry.resolution() == ServiceEntry.Resolution.NONE) {
      return name + " has resolution NONE (expected: STATIC or DNS, which say where the host is)";
    }
    return entry.ports().stream().noneMatch(ServiceEntry.Port::isHttp)
        ? name
            + " has no port of a protocol of HTTP (expected: HTTP, HTTP2, GRPC or HTTPS; rules for"
            + " HTTP are for no database)"
        : null;
  }

  /** Null if it is there; else what is not. */
  private static @Nullable String absent(RouteHost host, Applied applied) {
    if (host instanceof RouteHost.Service service) {
      return applied.known().test(service.key())
          ? null
          : "service " + RouteConditions.text(service.key());
    }
    return host instanceof RouteHost.Unknown unknown ? "ServiceEntry of " + unknown.host() : null;
  }

  private static Condition routes(VirtualService virtual, Applied applied) {
    Set<String> missing = new TreeSet<>();
    Set<String> subsets = new TreeSet<>();
    Set<String> nowhere = new TreeSet<>();
    DestinationRules rules =
        new DestinationRules(applied.of(DestinationRule.class), applied::serviceEntry);
    for (RouteResource.Backend to : backends(virtual)) {
      RouteHost host = RouteHost.of(to, applied::serviceEntry);
      String absent = absent(host, applied);
      if (absent != null) {
        missing.add(absent);
        continue;
      }
      String key = host instanceof RouteHost.Service service ? service.key().toString() : to.host();
      if (to.subset() != null && rules.subset(String.valueOf(key), to.subset()) == null) {
        subsets.add(to.subset() + " of " + key);
      }
      if (host instanceof RouteHost.External external
          && external.entry().resolution() == ServiceEntry.Resolution.NONE) {
        nowhere.add(external.host() + " of ServiceEntry " + Precedence.text(external.entry()));
      }
    }
    if (!missing.isEmpty()) {
      return unresolved(
          "BackendNotFound",
          "route: no "
              + String.join(", no ", missing)
              + " (expected: a service that joined, a v1 Service, or a host of a ServiceEntry);"
              + " calls that are sent to it fail until there is one");
    }
    if (!subsets.isEmpty()) {
      return unresolved(
          "SubsetNotFound",
          "route: no subset "
              + String.join(", ", subsets)
              + " (expected: one that a DestinationRule of the host defines); calls that are sent"
              + " to it fail until then");
    }
    return nowhere.isEmpty()
        ? new Condition("ResolvedRefs", true, "ResolvedRefs", "")
        : unresolved(
            "UnsupportedValue",
            "route: "
                + String.join(", ", nowhere)
                + " has resolution NONE (expected: STATIC or DNS, which say where the host is);"
                + " calls that are sent to it fail");
  }

  /** Where the rules send calls, and copies of them. */
  private static List<RouteResource.Backend> backends(VirtualService virtual) {
    List<RouteResource.Backend> backends = new ArrayList<>();
    for (VirtualService.VirtualRule rule : virtual.rules()) {
      backends.addAll(rule.backends());
      rule.filters().mirrors().forEach(mirror -> backends.add(mirror.backend()));
    }
    return backends;
  }

  /** Hosts, and ports of hosts, where the rules do not hold; null if they hold everywhere. */
  private static @Nullable Condition partly(VirtualService virtual, Applied applied) {
    Set<String> without = new TreeSet<>();
    for (String host : virtual.hosts()) {
      if (RouteHost.of(host, virtual.metadata().namespace(), applied::serviceEntry)
          instanceof RouteHost.External external) {
        ServiceEntry entry = external.entry();
        String whole = notLed(entry);
        if (whole != null) {
          without.add(host + ": " + whole);
          continue;
        }
        for (ServiceEntry.Port port : entry.ports()) {
          if (!port.isHttp()) {
            without.add(host + ": port " + port.number() + " is of protocol " + port.protocol());
          }
        }
      }
    }
    return without.isEmpty()
        ? null
        : new Condition(
            "Effective",
            false,
            "UnsupportedValue",
            "hosts: " + String.join("; ", without) + "; it has no effect there");
  }
}
