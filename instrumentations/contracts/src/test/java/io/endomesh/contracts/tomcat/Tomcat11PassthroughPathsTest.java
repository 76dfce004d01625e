package io.endomesh.contracts.tomcat;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(
    name = "Tomcat NIO, encodedSolidusHandling=passthrough",
    staged = "tomcat-11",
    release = Release.NEWEST)
class Tomcat11PassthroughPathsTest extends TomcatPaths {

  Tomcat11PassthroughPathsTest() {
    super("passthrough", "/admin/a%2Fb");
  }
}
