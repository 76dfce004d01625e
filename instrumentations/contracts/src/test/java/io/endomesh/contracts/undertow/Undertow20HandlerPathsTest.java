package io.endomesh.contracts.undertow;

import io.endomesh.testkit.Library;

@Library(name = "Undertow, handlers", staged = "undertow-2.0")
class Undertow20HandlerPathsTest extends HandlerPaths {}
