package io.endomesh.contracts.httpserver;

import io.endomesh.testkit.Library;

/** On the thread of the dispatcher, as it is if the application says nothing. */
@Library(name = "JDK `HttpServer`")
class JdkServerTest extends JdkServerContract {

  JdkServerTest() {
    super(/* pooled= */ false);
  }
}
