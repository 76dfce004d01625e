package io.endomesh.contracts.undertow;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Undertow, handlers", staged = "undertow-2.4", release = Release.NEWEST)
class Undertow24HandlerPathsTest extends HandlerPaths {}
