package io.endomesh.contracts.tomcat;

import io.endomesh.testkit.Library;

@Library(name = "Tomcat NIO, encodedSolidusHandling=passthrough", staged = "tomcat-11")
class Tomcat11PassthroughPathsTest extends TomcatPaths {

  Tomcat11PassthroughPathsTest() {
    super("passthrough", "/admin/a%2Fb");
  }
}
