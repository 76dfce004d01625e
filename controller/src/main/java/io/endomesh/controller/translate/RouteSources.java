package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.GrpcRoute;
import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.kinds.VirtualService;
import java.util.ArrayList;
import java.util.List;

/**
 * The resources that are for a service, and which of them count for a caller: those that {@link
 * RouteTable} makes routes of. Stateless.
 */
public final class RouteSources {

  /**
   * A resource that is for a service.
   *
   * @param name {@code HTTPRoute/shop/orders}
   * @param counts false if no route of the caller comes from it
   * @param why a phrase
   */
  public record Source(String name, boolean counts, String why) {}

  private RouteSources() {}

  /**
   * @param authority as an application wrote it
   * @param namespace of the caller
   * @return empty if the authority is no service, or nothing was applied for it
   */
  public static List<Source> of(MeshModel model, String authority, String namespace) {
    Destination destination = Destination.ofAuthority(model, authority, namespace);
    List<Source> sources = new ArrayList<>();
    if (destination instanceof Destination.ToService service) {
      List<RouteResource> applying = RouteTable.applying(model, service, namespace);
      routes(model, service, applying, sources);
      virtualServices(model, service, namespace, !applying.isEmpty(), sources);
    } else if (destination != null) {
      virtualServices(model, destination, namespace, false, sources);
    }
    return sources;
  }

  private static void routes(
      MeshModel model,
      Destination.ToService to,
      List<RouteResource> applying,
      List<Source> sources) {
    boolean grpc = applying.stream().anyMatch(GrpcRoute.class::isInstance);
    for (RouteResource route : model.routes()) {
      if (RouteTable.attached(route, to)) {
        boolean counts = applying.contains(route) && (!grpc || route instanceof GrpcRoute);
        sources.add(
            new Source(
                name(route),
                counts,
                counts
                    ? "a route of namespace " + route.metadata().namespace()
                    : whyNot(route, applying, to)));
      }
    }
  }

  /**
   * @param routed by routes of Gateway API, which count before them
   */
  private static void virtualServices(
      MeshModel model, Destination to, String namespace, boolean routed, List<Source> sources) {
    boolean http = !(to instanceof Destination.ToEntry entry) || entry.port().isHttp();
    VirtualService virtual = model.virtualServices().of(to, namespace);
    for (VirtualService other : model.virtualServices().naming(to)) {
      boolean counts = !routed && http && other.equals(virtual);
      String name =
          "VirtualService/" + other.metadata().namespace() + "/" + other.metadata().name();
      sources.add(new Source(name, counts, why(other, counts, routed, http)));
      delegates(model, other, name, counts, sources);
    }
  }

  private static String why(VirtualService virtual, boolean counts, boolean routed, boolean http) {
    if (counts) {
      return "the VirtualService of namespace " + virtual.metadata().namespace();
    }
    if (routed) {
      return "HTTPRoutes and GRPCRoutes count before it";
    }
    return http
        ? "another one of the caller's or the owner's namespace counts"
        : "the port is of no protocol of HTTP";
  }

  private static void delegates(
      MeshModel model, VirtualService root, String name, boolean counts, List<Source> sources) {
    for (int i = 0; i < root.rules().size(); i++) {
      if (model.delegates().outcome(root, i) instanceof Delegates.Outcome.Linked linked) {
        String delegate =
            "VirtualService/"
                + linked.to().metadata().namespace()
                + "/"
                + linked.to().metadata().name();
        sources.add(new Source(delegate, counts, "rule " + i + " of " + name + " delegates to it"));
      }
    }
  }

  private static String whyNot(
      RouteResource route, List<RouteResource> applying, Destination.ToService to) {
    if (applying.contains(route)) {
      return "a GRPCRoute is there, beside which HTTPRoutes do not count";
    }
    return route.metadata().namespace().equals(to.service().key().namespace())
        ? "callers of namespace "
            + applying.get(0).metadata().namespace()
            + " obey the routes of their own"
        : "for callers of namespace " + route.metadata().namespace() + " only";
  }

  private static String name(RouteResource route) {
    return ReferenceGrants.kind(route)
        + "/"
        + route.metadata().namespace()
        + "/"
        + route.metadata().name();
  }
}
