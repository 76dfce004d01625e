package io.endomesh.controller.kinds;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A TrafficSplit of SMI, split.smi-spec.io/v1alpha2 and v1alpha4: the calls to a root service, or
 * those that match, go to other services of its namespace by weight. Immutable.
 *
 * @param service the root, of the resource's namespace
 * @param groups names of HTTPRouteGroups, any of whose matches selects a call; empty selects all
 */
public record TrafficSplit(
    Metadata metadata, String service, List<Backend> backends, List<String> groups)
    implements MeshResource {

  /**
   * @param service of the same namespace
   */
  public record Backend(String service, int weight) {}

  /** SMI leaves it open; as Gateway API's. */
  private static final int MAX_WEIGHT = 1_000_000;

  public TrafficSplit {
    backends = List.copyOf(backends);
    groups = List.copyOf(groups);
  }

  static TrafficSplit read(Metadata metadata, Fields spec) {
    String root = service(metadata, spec);
    List<String> names = new ArrayList<>();
    List<Backend> backends =
        spec.objects(
            "backends",
            fields -> {
              String service = service(metadata, fields);
              if (service.equals(root)) {
                throw fields.invalid(
                    "service",
                    "'"
                        + service
                        + "', the root itself (expected: another; SMI splits are not"
                        + " self-referential)");
              }
              if (names.contains(service)) {
                throw fields.invalid("service", "'" + service + "' twice (expected: once)");
              }
              names.add(service);
              return new Backend(service, fields.integer("weight", 0, MAX_WEIGHT));
            });
    if (backends.stream().allMatch(backend -> backend.weight() == 0)) {
      throw spec.invalid("backends", "weights sum to 0 (expected: > 0)");
    }
    return new TrafficSplit(metadata, root, backends, spec.objects("matches", TrafficSplit::group));
  }

  /** The name within the namespace of a service that may be written with it. */
  private static String service(Metadata metadata, Fields fields) {
    String host = fields.string("service").toLowerCase(Locale.ROOT);
    HostNames.requireOwn(metadata, fields, "service", host);
    String[] labels = host.split("\\.", -1);
    if (labels.length > 2 && !labels[2].equals("svc")) {
      throw fields.invalid("service", "'" + host + "' (expected: a service of the mesh)");
    }
    return labels[0];
  }

  private static String group(Fields fields) {
    String kind = fields.string("kind");
    if (!kind.equals("HTTPRouteGroup")) {
      throw fields.invalid("kind", "'" + kind + "' (expected: HTTPRouteGroup)");
    }
    String api = fields.string("apiGroup", HttpRouteGroup.API_GROUP);
    if (!api.equals(HttpRouteGroup.API_GROUP)) {
      throw fields.invalid(
          "apiGroup", "'" + api + "' (expected: " + HttpRouteGroup.API_GROUP + ")");
    }
    return fields.string("name");
  }
}
