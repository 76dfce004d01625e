package io.endomesh.contracts.vertx;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Vert.x, server", staged = "vertx-newest", release = Release.NEWEST)
class VertxServerNewestTest extends Vertx5ServerVersion {}
