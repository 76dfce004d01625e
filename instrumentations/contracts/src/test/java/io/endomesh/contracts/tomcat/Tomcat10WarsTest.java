package io.endomesh.contracts.tomcat;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Tomcat NIO", staged = "tomcat-10", release = Release.BETWEEN)
class Tomcat10WarsTest extends TomcatWars {}
