package io.endomesh.controller.explain;

import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.MeshService;
import io.endomesh.controller.translate.Scope;
import io.endomesh.dataplane.identity.SpiffeId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a call that is asked about. Immutable.
 *
 * @param service name without namespace
 * @param labels of its first workload; of its selector while it has none
 * @param identity SPIFFE id it proves
 * @param address IP address of its first workload; null while it has none
 */
record Caller(
    String namespace,
    String service,
    Map<String, String> labels,
    String identity,
    @Nullable String address) {

  Caller {
    labels = Map.copyOf(labels);
  }

  Scope scope() {
    return new Scope(namespace, labels, Scope.Dialect.AGENT);
  }

  /**
   * @param name {@code shop/storefront}, or {@code storefront}
   * @throws InvalidQuestionException if several namespaces have it
   * @return null if there is no such service
   */
  static @Nullable Caller named(MeshModel model, String name) {
    int slash = name.indexOf('/');
    List<MeshService> found =
        model.services().stream()
            .filter(service -> service.key().name().equals(name.substring(slash + 1)))
            .filter(
                service -> slash < 0 || service.key().namespace().equals(name.substring(0, slash)))
            .toList();
    if (found.size() > 1) {
      List<String> names =
          found.stream().map(s -> s.key().namespace() + "/" + s.key().name()).toList();
      throw new InvalidQuestionException(
          "from", "'" + name + "' (expected: one of " + String.join(", ", names) + ")");
    }
    return found.isEmpty() ? null : of(model, found.get(0));
  }

  private static Caller of(MeshModel model, MeshService service) {
    String namespace = service.key().namespace();
    if (service.workloads().isEmpty()) {
      String app = service.selector().getOrDefault("app", service.key().name());
      return new Caller(
          namespace,
          app,
          service.selector(),
          SpiffeId.of(model.trustDomain(), namespace, app),
          null);
    }
    Workload workload = service.workloads().get(0);
    return new Caller(
        namespace,
        workload.service(),
        workload.labels(),
        SpiffeId.of(model.trustDomain(), namespace, workload.service()),
        workload.address());
  }
}
