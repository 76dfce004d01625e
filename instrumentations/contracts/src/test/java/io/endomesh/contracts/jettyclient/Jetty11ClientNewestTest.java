package io.endomesh.contracts.jettyclient;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Jetty HttpClient", staged = "jetty-client11-newest", release = Release.BETWEEN)
class Jetty11ClientNewestTest extends JettyBefore12Version {}
