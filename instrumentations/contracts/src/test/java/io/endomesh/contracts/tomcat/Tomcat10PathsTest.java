package io.endomesh.contracts.tomcat;

import io.endomesh.testkit.Library;

@Library(name = "Tomcat NIO", staged = "tomcat-10")
class Tomcat10PathsTest extends TomcatPaths {

  Tomcat10PathsTest() {
    super("reject", "");
  }
}
