package io.endomesh.contracts.feign;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;

@Library(name = "OpenFeign over Apache HttpClient 4", staged = "feign")
class FeignOverHttpClient4Test extends DelegatingClientContract {

  FeignOverHttpClient4Test() throws ReflectiveOperationException {
    super("io.endomesh.contracts.feign.library.ByFeignOverHttpClient4");
  }
}
