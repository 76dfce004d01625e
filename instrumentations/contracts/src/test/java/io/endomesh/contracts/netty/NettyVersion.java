package io.endomesh.contracts.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.testkit.NotApplicable;
import io.endomesh.testkit.StagedCode;
import io.endomesh.testkit.StagedHttpServerContract;
import org.junit.jupiter.api.Test;

/** The contract on a server that is one handler behind the codec of one version of Netty. */
@NotApplicable(
    promise = "http2_overMeshTls_isServedWithIdentity",
    reason = "the codec is that of HTTP/1.1; such a client is served by it")
@NotApplicable(
    promise = "server_started_isOfferedToTheMesh_andTakenBackWhenItStops",
    reason = "nothing says before its first connection that a port is for HTTP")
@NotApplicable(
    promise =
        "certificate_wasRenewedLongAgo_http2ConnectionOfBeforeEndsInItsNextPause_andNoCallByIt",
    reason = "the codec is that of HTTP/1.1")
@NotApplicable(
    promise = "certificate_wasRenewedLongAgo_callsOfTheJdksClientThatRun_areAnswered",
    reason = "the codec is that of HTTP/1.1")
@NotApplicable(
    promise = "http2_rapidResetsEndlessHeadsAndHeaderBombs_callersAreServed_andNothingIsLeft",
    reason = "the codec is that of HTTP/1.1")
abstract class NettyVersion extends StagedHttpServerContract {

  @Override
  protected final Staged start() {
    return StagedCode.make(
        getClass(), Staged.class, "io.endomesh.contracts.netty.server.NettyServer");
  }

  @Test
  void port_ofWhichNobodyKnowsWhatForItIs_isNotOffered() throws Exception {
    server.close();

    assertThat(ports).isEmpty();
  }
}
