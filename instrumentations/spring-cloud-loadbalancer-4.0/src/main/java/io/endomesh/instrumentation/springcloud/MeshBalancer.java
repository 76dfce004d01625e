package io.endomesh.instrumentation.springcloud;

import io.endomesh.weaving.AgentLog;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultResponse;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import reactor.core.publisher.Mono;

/**
 * Chooses the service itself, by its name: which instance answers a call, the mesh decides when the
 * call is made, and again for each attempt. Immutable.
 */
final class MeshBalancer implements ReactorServiceInstanceLoadBalancer {

  /** Marks the instance, also where a gateway has put one of its own around it. */
  private static final Map<String, String> METADATA = Map.of("endomesh", "by-name");

  /** That of HTTP, for those who write a URL by themselves. */
  private static final int PORT = 80;

  /** As many as there are services of the mesh that the application calls. */
  private static final Map<String, MeshBalancer> ALL = new ConcurrentHashMap<>();

  private final Mono<Response<ServiceInstance>> chosen;

  private MeshBalancer(String service) {
    chosen =
        Mono.just(
            new DefaultResponse(
                new DefaultServiceInstance(
                    service, service, service, PORT, /* secure= */ false, METADATA)));
    AgentLog.info(
        "Spring Cloud LoadBalancer steps aside for "
            + service
            + ": the mesh knows it by name and chooses its endpoints");
  }

  static MeshBalancer of(String service) {
    MeshBalancer known = ALL.get(service);
    return known != null ? known : ALL.computeIfAbsent(service, MeshBalancer::new);
  }

  static boolean chose(ServiceInstance instance) {
    return METADATA.equals(instance.getMetadata());
  }

  @Override
  @SuppressWarnings("rawtypes") // As the interface has it.
  public Mono<Response<ServiceInstance>> choose(Request request) {
    return chosen;
  }
}
