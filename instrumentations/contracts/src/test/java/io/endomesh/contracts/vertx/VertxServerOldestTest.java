package io.endomesh.contracts.vertx;

import io.endomesh.testkit.Library;

@Library(name = "Vert.x, server", staged = "vertx-oldest")
class VertxServerOldestTest extends VertxServerVersion {}
