package io.endomesh.contracts.springcloud.library;

import java.net.URI;
import java.util.List;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import reactor.core.publisher.Flux;

/** What LoadBalancer knows by itself: the service {@code localhost}, and no other. */
public class LocalInstances {

  private static final String SERVICE = "localhost";

  @Bean
  public ServiceInstanceListSupplier instances(Environment environment) {
    return new Supplier(environment.getRequiredProperty("loadbalancer.client.name"));
  }

  private record Supplier(String service) implements ServiceInstanceListSupplier {

    @Override
    public String getServiceId() {
      return service;
    }

    @Override
    public Flux<List<ServiceInstance>> get() {
      return Flux.error(new IllegalStateException("instances asked for without a request"));
    }

    @Override
    @SuppressWarnings("rawtypes") // As the interface has it.
    public Flux<List<ServiceInstance>> get(Request request) {
      if (!service.equals(SERVICE)) {
        return Flux.error(
            new IllegalStateException(
                "instances asked for: " + service + " (expected: none but of " + SERVICE + ")"));
      }
      URI url = ((RequestDataContext) request.getContext()).getClientRequest().getUrl();
      return Flux.just(
          List.of(new DefaultServiceInstance("1", SERVICE, SERVICE, url.getPort(), false)));
    }
  }
}
