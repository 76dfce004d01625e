package io.endomesh.contracts.armeria;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.NotApplicable;

@Library(name = "Armeria, server", staged = "armeria-oldest")
@NotApplicable(
    promise = "policyOnAPath_seesItDecodedAndNormalized",
    reason = ArmeriaServerVersion.NO_DOTS)
@NotApplicable(
    promise = "certificate_wasRenewedLongAgo_answerOnAConnectionOfBeforeIsItsLast",
    reason = ArmeriaServerVersion.NO_LAST_ANSWER)
@NotApplicable(
    promise = "webSocket_isACallThatEndsWithTheUpgrade_andGoesOnByItself",
    reason = ArmeriaServerOldestTest.NO_WEB_SOCKETS)
@NotApplicable(
    promise = "webSocket_messageOfAMegabyteInParts_comesBackWhole",
    reason = ArmeriaServerOldestTest.NO_WEB_SOCKETS)
@NotApplicable(
    promise = "webSocket_ofACallerThatMayNot_isRefusedBeforeTheUpgrade",
    reason = ArmeriaServerOldestTest.NO_WEB_SOCKETS)
@NotApplicable(
    promise = "webSocket_onAConnectionWhoseCertificateWasRenewedLongAgo_goesOn",
    reason = ArmeriaServerOldestTest.NO_WEB_SOCKETS)
class ArmeriaServerOldestTest extends ArmeriaServerVersion {

  static final String NO_WEB_SOCKETS = "Armeria 1.0 has no WebSockets";
}
