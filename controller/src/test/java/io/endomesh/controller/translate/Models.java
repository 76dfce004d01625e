package io.endomesh.controller.translate;

import io.endomesh.controller.ca.Attestation;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.registry.InstanceHeldException;
import io.endomesh.controller.registry.WorkloadRegistry;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.store.StoredResource;
import io.endomesh.proto.v1.Port;
import io.endomesh.proto.v1.Registration;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Models of small meshes, from YAML and workloads. */
final class Models {

  static final Scope AGENT = new Scope("shop", Map.of("app", "storefront"), Scope.Dialect.AGENT);
  static final Scope GRPC = new Scope("shop", Map.of(), Scope.Dialect.GRPC);

  private static final Attestation OF_THE_NAMESPACE =
      new Attestation(Attestation.Covers.NAMESPACE, Map.of());

  private final WorkloadRegistry registry =
      new WorkloadRegistry(Duration.ofSeconds(3), System::nanoTime, Clock.systemUTC());
  private final TreeMap<ResourceKey, StoredResource> resources = new TreeMap<>();
  private final Map<ServiceKey, List<Integer>> known = new TreeMap<>();
  private long revision;

  Models workload(String service, String instance, String version, int... ports) {
    List<Integer> numbers = Arrays.stream(ports).boxed().toList();
    join(
        Registration.newBuilder()
            .setNamespace("shop")
            .setService(service)
            .setInstance(instance)
            .putLabels("version", version)
            .addAllPorts(numbers.stream().map(n -> Port.newBuilder().setNumber(n).build()).toList())
            .build(),
        OF_THE_NAMESPACE);
    known.putIfAbsent(new ServiceKey("shop", service), numbers);
    return this;
  }

  Models workloadAt(String service, String instance, Map<String, String> labels, int port) {
    join(
        Registration.newBuilder()
            .setNamespace("shop")
            .setService(service)
            .setInstance(instance)
            .putAllLabels(labels)
            .addPorts(Port.newBuilder().setNumber(port))
            .build(),
        OF_THE_NAMESPACE);
    known.putIfAbsent(new ServiceKey("shop", service), List.of(port));
    return this;
  }

  private void join(Registration registration, Attestation attestation) {
    try {
      registry.join(registration, attestation, "10.0.0.1");
    } catch (InstanceHeldException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** One whose token is for its service alone. */
  Models workloadOfServiceToken(
      String service, String instance, Map<String, String> said, Map<String, String> token) {
    join(
        Registration.newBuilder()
            .setNamespace("shop")
            .setService(service)
            .setInstance(instance)
            .putAllLabels(said)
            .addPorts(Port.newBuilder().setNumber(8080))
            .build(),
        new Attestation(Attestation.Covers.SERVICE, token));
    known.putIfAbsent(new ServiceKey("shop", service), List.of(8080));
    return this;
  }

  /** Later ones are younger. */
  Models apply(String yaml) throws Exception {
    for (Map<?, ?> document : ResourceParser.documents(yaml)) {
      ParsedResource parsed = ResourceParser.parse(document);
      Instant at = Instant.ofEpochSecond(++revision);
      resources.put(
          parsed.key(), new StoredResource(parsed.key(), revision, parsed.body(), at, at));
    }
    return this;
  }

  /** What this version would not accept, as if another had stored it. */
  Models stored(String kind, String namespace, String name, String body) {
    ResourceKey key = new ResourceKey(kind, namespace, name);
    Instant at = Instant.ofEpochSecond(++revision);
    resources.put(key, new StoredResource(key, revision, body, at, at));
    return this;
  }

  MeshModel model() {
    return model(List.of());
  }

  /** While fault tests run. */
  MeshModel model(List<InjectedFault> faults) {
    Catalog catalog = Catalog.EMPTY.update(new Resources(revision, resources));
    return new MeshModel(
        1,
        "endomesh.local",
        catalog,
        registry.workloads(),
        known,
        true,
        Map.of(),
        Map.of(),
        Map.of(),
        faults);
  }
}
