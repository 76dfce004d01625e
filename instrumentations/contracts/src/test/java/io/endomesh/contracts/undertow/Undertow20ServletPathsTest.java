package io.endomesh.contracts.undertow;

import io.endomesh.testkit.Library;

@Library(name = "Undertow, servlets", staged = "undertow-2.0")
class Undertow20ServletPathsTest extends ServletPaths {}
