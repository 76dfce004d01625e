package io.endomesh.contracts.undertow;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Undertow, handlers", staged = "undertow-2.2", release = Release.BETWEEN)
class Undertow22HandlerPathsTest extends HandlerPaths {}
