package io.endomesh.contracts.jettyclient;

import io.endomesh.testkit.Library;

@Library(name = "Jetty HttpClient", staged = "jetty-client9-oldest")
class Jetty9ClientOldestTest extends JettyBefore12Version {}
