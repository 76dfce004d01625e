package io.endomesh.contracts.jetty10;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Jetty", staged = "jetty10-newest", release = Release.BETWEEN)
class Jetty10NewestTest extends Jetty10Version {}
