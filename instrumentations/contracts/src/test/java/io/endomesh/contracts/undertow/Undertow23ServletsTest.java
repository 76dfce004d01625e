package io.endomesh.contracts.undertow;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Undertow, servlets", staged = "undertow-2.3", release = Release.NEWEST)
class Undertow23ServletsTest extends ServletVersion {}
