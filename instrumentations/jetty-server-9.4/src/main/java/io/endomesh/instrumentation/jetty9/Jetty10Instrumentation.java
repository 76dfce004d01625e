package io.endomesh.instrumentation.jetty9;

import java.util.List;
import java.util.Map;

/**
 * Jetty 10 and 11 by the advice of 9.4, but for the few classes that name what Jetty 10 made
 * interfaces of: those are compiled against it, and take their place. Immutable. No advice names a
 * type of the servlets' API, so it is the same for Java EE (10) and for Jakarta EE (11).
 */
public final class Jetty10Instrumentation extends Jetty9Instrumentation {

  private static final String PACKAGE = "io.endomesh.instrumentation.jetty9.";

  @Override
  public String name() {
    return "jetty-server-10";
  }

  /** Jetty 9 has not the first, Jetty 12 not the second. */
  @Override
  public List<String> onlyWith() {
    return List.of(
        "org.eclipse.jetty.http.HttpFields$Mutable", "org.eclipse.jetty.server.HttpOutput");
  }

  @Override
  public Map<String, String> relocations() {
    return Map.of(PACKAGE + "before10.", PACKAGE + "since10.");
  }
}
