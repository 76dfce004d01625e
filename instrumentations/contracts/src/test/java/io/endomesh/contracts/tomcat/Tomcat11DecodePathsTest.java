package io.endomesh.contracts.tomcat;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(
    name = "Tomcat NIO, encodedSolidusHandling=decode",
    staged = "tomcat-11",
    release = Release.NEWEST)
class Tomcat11DecodePathsTest extends TomcatPaths {

  Tomcat11DecodePathsTest() {
    super("decode", "/admin/a/b");
  }
}
