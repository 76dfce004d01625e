package io.endomesh.instrumentation.tomcat.test;

class Tomcat90Test extends TomcatContract {

  Tomcat90Test() {
    super("9.0");
  }
}
