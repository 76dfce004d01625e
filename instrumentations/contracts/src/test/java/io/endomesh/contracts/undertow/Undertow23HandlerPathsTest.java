package io.endomesh.contracts.undertow;

import io.endomesh.testkit.Library;

@Library(name = "Undertow, handlers", staged = "undertow-2.3")
class Undertow23HandlerPathsTest extends HandlerPaths {}
