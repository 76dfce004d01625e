package io.endomesh.instrumentation.springcloud;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave Spring Cloud LoadBalancer: where it finds the balancer of a
 * service, and where it writes the chosen instance into a URL. {@code RestTemplate}, {@code
 * RestClient}, {@code WebClient}, OpenFeign and gateways all come by both. Immutable.
 */
public final class LoadBalancerInstrumentation extends Instrumentation {

  private static final String CLOUD = "org.springframework.cloud.";
  private static final String PACKAGE = "io.endomesh.instrumentation.springcloud.";

  @Override
  public String name() {
    return "spring-cloud-loadbalancer";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        // LoadBalancerClientFactory.getInstance(String) calls it, and gateways do.
        Weave.types(CLOUD + "context.named.NamedContextFactory")
            .method("getInstance")
            .taking("java.lang.String", "java.lang.Class")
            .advice(PACKAGE + "BalancerAdvice"),
        Weave.types(CLOUD + "client.loadbalancer.LoadBalancerUriTools")
            .method("reconstructURI")
            .taking(CLOUD + "client.ServiceInstance", "java.net.URI")
            .advice(PACKAGE + "UriAdvice"));
  }

  /** The two classes are also there in applications that do not balance. */
  @Override
  public List<String> onlyWith() {
    return List.of(CLOUD + "loadbalancer.support.LoadBalancerClientFactory");
  }
}
