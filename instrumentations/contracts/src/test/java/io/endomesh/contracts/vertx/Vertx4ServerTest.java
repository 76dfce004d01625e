package io.endomesh.contracts.vertx;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Vert.x, server", staged = "vertx4-newest", release = Release.BETWEEN)
class Vertx4ServerTest extends VertxServerVersion {}
