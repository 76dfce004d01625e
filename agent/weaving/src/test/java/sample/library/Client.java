package sample.library;

/** A library, as its author has it. */
public class Client {

  public String send() {
    return "sent";
  }

  public String name() {
    return "client";
  }
}
