package io.endomesh.contracts.undertow;

import io.endomesh.testkit.Library;

@Library(name = "Undertow, servlets", staged = "undertow-2.2")
class Undertow22ServletPathsTest extends ServletPaths {}
