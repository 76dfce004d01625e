package io.endomesh.contracts.jaxrs;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;

@Library(name = "Quarkus REST client over Vert.x", staged = "quarkus")
class QuarkusTest extends DelegatingClientContract {

  QuarkusTest() throws ReflectiveOperationException {
    super("io.endomesh.contracts.jaxrs.library.ByJaxRs");
  }
}
