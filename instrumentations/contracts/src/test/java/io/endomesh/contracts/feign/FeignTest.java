package io.endomesh.contracts.feign;

import io.endomesh.contracts.urlconnection.WovenJdk;
import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;
import org.junit.jupiter.api.BeforeAll;

@Library(name = "OpenFeign over `HttpURLConnection`", staged = "feign")
class FeignTest extends DelegatingClientContract {

  FeignTest() throws ReflectiveOperationException {
    super("io.endomesh.contracts.feign.library.ByFeign");
  }

  @BeforeAll
  static void awaitWeaving() {
    WovenJdk.await();
  }
}
