package org.apache.coyote;

/** As it might be in a version of Tomcat that is none of those the agent knows. */
public class AbstractProtocol {

  public void start() {
    System.out.println("old library started");
  }
}
