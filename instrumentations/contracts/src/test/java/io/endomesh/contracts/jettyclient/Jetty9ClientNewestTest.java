package io.endomesh.contracts.jettyclient;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Jetty HttpClient", staged = "jetty-client9-newest", release = Release.NEWEST)
class Jetty9ClientNewestTest extends JettyBefore12Version {}
