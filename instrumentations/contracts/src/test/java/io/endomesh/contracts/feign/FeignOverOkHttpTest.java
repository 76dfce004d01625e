package io.endomesh.contracts.feign;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;

@Library(name = "OpenFeign over OkHttp", staged = "feign")
class FeignOverOkHttpTest extends DelegatingClientContract {

  FeignOverOkHttpTest() throws ReflectiveOperationException {
    super("io.endomesh.contracts.feign.library.ByFeignOverOkHttp");
  }
}
