package io.endomesh.contracts.undertow;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.NotApplicable;

@Library(name = "Undertow, servlets", staged = "undertow-2.0")
@NotApplicable(
    promise = "policyOnAPath_seesItDecodedAndNormalized",
    reason = UndertowVersion.NOT_NORMALIZED)
@NotApplicable(
    promise = "application_seesTheCallersCertificate_andItsOwnScheme",
    reason = Undertow20ServletsTest.NO_CERTIFICATES)
@NotApplicable(
    promise = "clientThatPrefersHttp2_isServedWithTheSamePromises",
    reason = Undertow20ServletsTest.NO_CERTIFICATES)
class Undertow20ServletsTest extends ServletVersion {

  static final String NO_CERTIFICATES =
      "Undertow 2.0 shows servlets a certificate by a class that JDK 15 took out";

  /** As in {@link Undertow20HandlersTest}. */
  @Override
  protected boolean endsCallsThatAreReset() {
    return false;
  }
}
