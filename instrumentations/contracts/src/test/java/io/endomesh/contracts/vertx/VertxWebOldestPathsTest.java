package io.endomesh.contracts.vertx;

import io.endomesh.testkit.Library;

@Library(name = "Vert.x Web, routes", staged = "vertx-oldest")
class VertxWebOldestPathsTest extends VertxWebPaths {}
