package io.endomesh.contracts.spring;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;

@Library(name = "Spring `RestClient` over Apache HttpClient 5", staged = "spring")
class RestClientTest extends DelegatingClientContract {

  RestClientTest() {
    super("io.endomesh.contracts.spring.library.ByRestClient");
  }
}
