package io.endomesh.contracts.jaxrs;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;

@Library(name = "RESTEasy client over Apache HttpClient 4", staged = "resteasy")
class ResteasyTest extends DelegatingClientContract {

  ResteasyTest() throws ReflectiveOperationException {
    super("io.endomesh.contracts.jaxrs.library.ByJaxRs");
  }
}
