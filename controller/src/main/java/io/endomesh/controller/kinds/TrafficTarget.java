package io.endomesh.controller.kinds;

import java.util.List;

/**
 * A TrafficTarget of SMI, access.smi-spec.io/v1alpha3: who may call a service, and what of it. What
 * no TrafficTarget for it permits is refused. Immutable.
 *
 * @param service of its own namespace
 * @param sources who may call
 * @param rules what may be called; empty is everything
 */
public record TrafficTarget(
    Metadata metadata, String service, List<Source> sources, List<Rule> rules)
    implements MeshResource {

  /** A service by its account. */
  public record Source(String namespace, String service) {}

  /**
   * Of an HTTPRouteGroup of the same namespace.
   *
   * @param matches names of its matches; empty is all
   */
  public record Rule(String group, List<String> matches) {
    public Rule {
      matches = List.copyOf(matches);
    }
  }

  private static final String ACCOUNT = "ServiceAccount";

  public TrafficTarget {
    sources = List.copyOf(sources);
    rules = List.copyOf(rules);
  }

  static TrafficTarget read(Metadata metadata, Fields spec) {
    Fields destination = spec.object("destination");
    Source service = account(metadata, destination);
    // It would decide on every port all the same, which its author did not mean.
    destination.unsupported("port");
    destination.rejectUnknown();
    if (!service.namespace().equals(metadata.namespace())) {
      throw destination.invalid(
          "namespace",
          "'" + service.namespace() + "' (expected: its own, " + metadata.namespace() + ")");
    }
    List<Source> sources = spec.objects("sources", source -> account(metadata, source));
    if (sources.isEmpty()) {
      throw spec.invalid("sources", "absent (expected: at least one)");
    }
    return new TrafficTarget(
        metadata, service.service(), sources, spec.objects("rules", TrafficTarget::rule));
  }

  private static Source account(Metadata metadata, Fields fields) {
    String kind = fields.string("kind");
    if (!kind.equals(ACCOUNT)) {
      throw fields.invalid("kind", "'" + kind + "' (expected: " + ACCOUNT + ")");
    }
    return new Source(fields.string("namespace", metadata.namespace()), fields.string("name"));
  }

  private static Rule rule(Fields fields) {
    String kind = fields.string("kind");
    if (!kind.equals("HTTPRouteGroup")) {
      throw fields.invalid("kind", "'" + kind + "' (expected: HTTPRouteGroup)");
    }
    return new Rule(fields.string("name"), fields.strings("matches"));
  }
}
