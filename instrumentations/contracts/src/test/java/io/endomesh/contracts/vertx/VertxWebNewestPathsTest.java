package io.endomesh.contracts.vertx;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Vert.x Web, routes", staged = "vertx-web-newest", release = Release.NEWEST)
class VertxWebNewestPathsTest extends VertxWebPaths {}
