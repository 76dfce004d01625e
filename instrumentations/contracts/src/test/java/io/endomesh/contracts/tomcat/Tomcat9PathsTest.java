package io.endomesh.contracts.tomcat;

import io.endomesh.testkit.Library;

@Library(name = "Tomcat NIO", staged = "tomcat-9")
class Tomcat9PathsTest extends TomcatPaths {

  Tomcat9PathsTest() {
    super("reject", "");
  }
}
