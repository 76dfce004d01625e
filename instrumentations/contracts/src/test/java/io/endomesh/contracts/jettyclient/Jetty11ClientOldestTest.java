package io.endomesh.contracts.jettyclient;

import io.endomesh.testkit.Library;

@Library(name = "Jetty HttpClient", staged = "jetty-client11-oldest")
class Jetty11ClientOldestTest extends JettyBefore12Version {}
