package io.endomesh.contracts.springcloud;

import io.endomesh.contracts.urlconnection.WovenJdk;
import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;
import org.junit.jupiter.api.BeforeAll;

@Library(name = "Spring Cloud LoadBalancer", staged = "springcloud-5", release = Release.NEWEST)
class LoadBalancerNewestTest extends DelegatingClientContract {

  LoadBalancerNewestTest() throws ReflectiveOperationException {
    super("io.endomesh.contracts.springcloud.library.ByLoadBalancedRestTemplate");
  }

  @BeforeAll
  static void awaitWeaving() {
    WovenJdk.await();
  }
}
