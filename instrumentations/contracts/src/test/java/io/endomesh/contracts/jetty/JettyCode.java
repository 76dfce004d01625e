package io.endomesh.contracts.jetty;

import io.endomesh.testkit.StagedCode;

/** What of the tests runs in a version of Jetty: its servers, and servlets for them. Stateless. */
final class JettyCode {

  private JettyCode() {}

  static StagedCode of(Class<?> test) {
    return StagedCode.of(
        test, "io.endomesh.contracts.jetty.server.", "io.endomesh.contracts.jetty9.server.");
  }
}
