package io.endomesh.contracts.tomcat;

import io.endomesh.testkit.ServerUnderTest;

/**
 * A Tomcat with the applications {@code /orders}, {@code /payments} and the root, which answer with
 * the service that runs them. Its host makes {@code /payments/moved} a path of {@code /orders}.
 */
public interface WarsUnderTest extends ServerUnderTest {

  void undeploy(String contextPath);

  /** Its old classes go, and new ones come. */
  void reload(String contextPath);
}
