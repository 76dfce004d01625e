package sample.app;

import org.apache.coyote.AbstractProtocol;

/** An application with a library that the agent weaves, in a version that it does not fit. */
final class OldTomcat {

  private OldTomcat() {}

  public static void main(String[] args) {
    new AbstractProtocol().start();
  }
}
