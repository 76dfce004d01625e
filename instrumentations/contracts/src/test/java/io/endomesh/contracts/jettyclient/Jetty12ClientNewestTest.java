package io.endomesh.contracts.jettyclient;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Jetty HttpClient", staged = "jetty-client12-newest", release = Release.NEWEST)
class Jetty12ClientNewestTest extends JettySince12Version {}
