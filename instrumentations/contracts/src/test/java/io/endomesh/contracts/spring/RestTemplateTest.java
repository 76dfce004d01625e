package io.endomesh.contracts.spring;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;

@Library(name = "Spring `RestTemplate` over Apache HttpClient 5", staged = "spring")
class RestTemplateTest extends DelegatingClientContract {

  RestTemplateTest() {
    super("io.endomesh.contracts.spring.library.ByRestTemplate");
  }
}
