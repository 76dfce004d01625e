package io.endomesh.instrumentation.tomcat.test;

class Tomcat110Test extends TomcatContract {

  Tomcat110Test() {
    super("11.0");
  }
}
