package io.endomesh.instrumentation.jettyclient;

import java.util.List;
import java.util.Map;

/**
 * The client of Jetty 10 and 11 by the advice of 9.4, but for headers and the content of a request:
 * what names them is compiled against 10, and takes their place. Immutable.
 */
public final class JettyClient10Instrumentation extends JettyClient9Instrumentation {

  @Override
  public String name() {
    return "jetty-client-10";
  }

  /** Jetty 9 has not the first, Jetty 12 not the second. */
  @Override
  public List<String> onlyWith() {
    return List.of(
        "org.eclipse.jetty.http.HttpFields$Mutable", CLIENT + "http.HttpConnectionOverHTTP");
  }

  @Override
  public Map<String, String> relocations() {
    return Map.of(PACKAGE + "before10.", PACKAGE + "since10.");
  }
}
