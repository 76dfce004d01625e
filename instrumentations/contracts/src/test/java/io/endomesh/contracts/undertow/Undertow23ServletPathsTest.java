package io.endomesh.contracts.undertow;

import io.endomesh.testkit.Library;

@Library(name = "Undertow, servlets", staged = "undertow-2.3")
class Undertow23ServletPathsTest extends ServletPaths {}
