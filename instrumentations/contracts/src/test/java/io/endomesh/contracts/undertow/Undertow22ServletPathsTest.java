package io.endomesh.contracts.undertow;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Undertow, servlets", staged = "undertow-2.2", release = Release.BETWEEN)
class Undertow22ServletPathsTest extends ServletPaths {}
