package io.endomesh.contracts.springcloud.library;

import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClientsProperties;
import org.springframework.cloud.client.loadbalancer.LoadBalancerInterceptor;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClientSpecification;
import org.springframework.cloud.loadbalancer.blocking.client.BlockingLoadBalancerClient;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.DefaultResponseErrorHandler;
import org.springframework.web.client.RestTemplate;

/**
 * {@code RestTemplate} as {@code @LoadBalanced} makes it, over {@code HttpURLConnection}, in an
 * application without a {@code DiscoveryClient}.
 */
public final class ByLoadBalancedRestTemplate implements Delegating {

  private final RestTemplate template = new RestTemplate();

  public ByLoadBalancedRestTemplate() {
    LoadBalancerClientFactory balancers =
        new LoadBalancerClientFactory(new LoadBalancerClientsProperties());
    GenericApplicationContext context = new GenericApplicationContext();
    context.registerBean(LoadBalancerClientFactory.class, () -> balancers);
    context.refresh();
    balancers.setApplicationContext(context);
    balancers.setConfigurations(
        List.of(
            // The prefix says that it is for all services.
            new LoadBalancerClientSpecification(
                "default.instances", new Class<?>[] {LocalInstances.class})));
    template.setInterceptors(
        List.of(new LoadBalancerInterceptor(new BlockingLoadBalancerClient(balancers))));
    template.setErrorHandler(
        new DefaultResponseErrorHandler() {
          @Override
          public boolean hasError(ClientHttpResponse response) {
            return false;
          }
        });
  }

  @Override
  public Answer get(String url) {
    URI uri = URI.create(url);
    return template.execute(uri, HttpMethod.GET, null, response -> answer(uri, response));
  }

  private static Answer answer(URI uri, ClientHttpResponse response) throws IOException {
    Map<String, String> headers = new HashMap<>();
    response
        .getHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    byte[] body = response.getBody().readAllBytes();
    return new Answer(response.getStatusCode().value(), uri, headers, body);
  }
}
