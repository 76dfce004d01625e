package io.endomesh.contracts.feign;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;

@Library(name = "OpenFeign over Apache HttpClient 5", staged = "feign")
class FeignOverHttpClient5Test extends DelegatingClientContract {

  FeignOverHttpClient5Test() throws ReflectiveOperationException {
    super("io.endomesh.contracts.feign.library.ByFeignOverHttpClient5");
  }
}
