package io.endomesh.contracts.spring5;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;

@Library(name = "Spring 5 `RestTemplate` over Apache HttpClient 4", staged = "spring5")
class RestTemplateTest extends DelegatingClientContract {

  RestTemplateTest() {
    super("io.endomesh.contracts.spring5.library.ByRestTemplate");
  }
}
