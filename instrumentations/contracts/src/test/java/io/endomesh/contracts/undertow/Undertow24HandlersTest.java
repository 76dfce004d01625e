package io.endomesh.contracts.undertow;

import io.endomesh.testkit.Library;

@Library(name = "Undertow, handlers", staged = "undertow-2.4")
class Undertow24HandlersTest extends HandlerVersion {}
