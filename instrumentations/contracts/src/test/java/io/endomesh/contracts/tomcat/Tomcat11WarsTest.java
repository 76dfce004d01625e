package io.endomesh.contracts.tomcat;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Tomcat NIO", staged = "tomcat-11", release = Release.NEWEST)
class Tomcat11WarsTest extends TomcatWars {}
