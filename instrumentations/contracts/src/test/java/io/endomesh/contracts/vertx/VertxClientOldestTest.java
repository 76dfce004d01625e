package io.endomesh.contracts.vertx;

import io.endomesh.testkit.Library;

@Library(name = "Vert.x, client", staged = "vertx-oldest")
class VertxClientOldestTest extends VertxClientVersion {}
