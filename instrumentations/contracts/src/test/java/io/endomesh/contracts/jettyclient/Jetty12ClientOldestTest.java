package io.endomesh.contracts.jettyclient;

import io.endomesh.testkit.Library;

@Library(name = "Jetty HttpClient", staged = "jetty-client12-oldest")
class Jetty12ClientOldestTest extends JettySince12Version {}
