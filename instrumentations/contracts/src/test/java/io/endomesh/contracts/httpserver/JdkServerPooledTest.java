package io.endomesh.contracts.httpserver;

import io.endomesh.testkit.Library;

@Library(name = "JDK `HttpServer`, with an executor")
class JdkServerPooledTest extends JdkServerContract {

  JdkServerPooledTest() {
    super(/* pooled= */ true);
  }
}
