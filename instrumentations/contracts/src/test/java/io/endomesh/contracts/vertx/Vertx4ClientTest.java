package io.endomesh.contracts.vertx;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Vert.x, client", staged = "vertx4-newest", release = Release.BETWEEN)
class Vertx4ClientTest extends VertxClientVersion {}
