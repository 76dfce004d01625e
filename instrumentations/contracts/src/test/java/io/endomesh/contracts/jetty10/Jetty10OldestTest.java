package io.endomesh.contracts.jetty10;

import io.endomesh.testkit.Library;

@Library(name = "Jetty", staged = "jetty10-oldest")
class Jetty10OldestTest extends Jetty10Version {}
