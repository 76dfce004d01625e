package io.endomesh.contracts.webflux;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.NotApplicable;
import io.endomesh.testkit.StagedCode;
import io.endomesh.testkit.StagedHttpServerContract;

@Library(name = "Spring WebFlux over Reactor Netty", staged = "webflux")
@NotApplicable(
    promise = "policyOnAPath_seesItDecodedAndNormalized",
    reason = "Spring decodes paths and does not normalize them: `..` is a segment like others")
class WebFluxTest extends StagedHttpServerContract {

  @Override
  protected Staged start() {
    return StagedCode.make(
        getClass(), Staged.class, "io.endomesh.contracts.webflux.library.WebFluxServer");
  }
}
