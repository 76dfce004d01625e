package io.endomesh.contracts.tomcat;

import io.endomesh.testkit.Library;

@Library(name = "Tomcat NIO", staged = "tomcat-11")
class Tomcat11PathsTest extends TomcatPaths {

  Tomcat11PathsTest() {
    super("reject", "");
  }
}
