package io.endomesh.contracts.vertx;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Vert.x, client", staged = "vertx-newest", release = Release.NEWEST)
class VertxClientNewestTest extends VertxClientVersion {}
