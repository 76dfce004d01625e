package io.endomesh.contracts.jetty;

import io.endomesh.testkit.Library;

@Library(name = "Jetty", staged = "jetty-12.0")
class Jetty12OldestTest extends JettyVersion {}
