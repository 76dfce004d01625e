package io.endomesh.contracts.armeria;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.NotApplicable;
import io.endomesh.testkit.Release;

@NotApplicable(
    promise = "query_changedByPolicy_goesOnTheWireOnly_andToTheMirror",
    reason = "newer versions of Armeria write escapes in upper case, before anybody sees a request")
@Library(name = "Armeria", staged = "armeria-newest", release = Release.NEWEST)
class ArmeriaNewestTest extends ArmeriaVersion {}
