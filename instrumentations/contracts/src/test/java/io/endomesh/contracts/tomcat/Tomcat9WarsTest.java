package io.endomesh.contracts.tomcat;

import io.endomesh.testkit.Library;

@Library(name = "Tomcat NIO", staged = "tomcat-9")
class Tomcat9WarsTest extends TomcatWars {}
