package io.endomesh.demo.owntests;

import java.util.List;

/**
 * A library's own tests as it publishes them.
 *
 * @param name also of the directory that holds its jars
 * @param tests how the name of the jar with the tests ends, after the version
 * @param options that these tests need on a JDK 17, with or without an agent
 * @param selected of the JUnit console: which of the tests
 */
record Suite(String name, String tests, List<String> options, List<String> selected) {

  /** Mockito 1 defines its classes by {@code ClassLoader}'s own method. */
  private static final String OPEN_LANG = "--add-opens=java.base/java.lang=ALL-UNNAMED";

  /** Mockito 1 makes sockets. */
  private static final String OPEN_NET = "--add-opens=java.base/java.net=ALL-UNNAMED";

  static final List<Suite> ALL =
      List.of(
          new Suite("apache-httpclient-4", "-tests.jar", List.of(OPEN_LANG, OPEN_NET), List.of()),
          new Suite("apache-httpclient-5", "-tests.jar", List.of(), List.of()),
          new Suite(
              "undertow",
              "-tests.jar",
              List.of("-Djava.util.logging.manager=org.jboss.logmanager.LogManager"),
              // The others take half an hour, or need servers that are not there.
              List.of("--include-package=io.undertow.server.handlers")));

  @Override
  public String toString() {
    return name;
  }
}
