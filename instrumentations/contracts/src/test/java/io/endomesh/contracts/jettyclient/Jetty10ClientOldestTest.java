package io.endomesh.contracts.jettyclient;

import io.endomesh.testkit.Library;

@Library(name = "Jetty HttpClient", staged = "jetty-client10-oldest")
class Jetty10ClientOldestTest extends JettyBefore12Version {}
