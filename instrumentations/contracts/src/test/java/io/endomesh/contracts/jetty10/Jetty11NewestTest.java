package io.endomesh.contracts.jetty10;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Jetty", staged = "jetty11-newest", release = Release.BETWEEN)
class Jetty11NewestTest extends Jetty11Version {}
