package io.endomesh.contracts.undertow;

import io.endomesh.testkit.Library;

@Library(name = "Undertow, handlers", staged = "undertow-2.2")
class Undertow22HandlersTest extends HandlerVersion {}
