package io.endomesh.contracts.jetty;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Jetty", staged = "jetty-12.1", release = Release.NEWEST)
class Jetty12NewestTest extends JettyVersion {}
