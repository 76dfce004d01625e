package io.endomesh.instrumentation.tomcat.test;

class Tomcat101Test extends TomcatContract {

  Tomcat101Test() {
    super("10.1");
  }
}
