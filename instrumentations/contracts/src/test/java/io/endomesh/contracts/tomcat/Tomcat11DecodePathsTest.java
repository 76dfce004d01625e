package io.endomesh.contracts.tomcat;

import io.endomesh.testkit.Library;

@Library(name = "Tomcat NIO, encodedSolidusHandling=decode", staged = "tomcat-11")
class Tomcat11DecodePathsTest extends TomcatPaths {

  Tomcat11DecodePathsTest() {
    super("decode", "/admin/a/b");
  }
}
