package io.endomesh.contracts.tomcat.server;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Answers where a servlet would that Tomcat has chosen: in the pipeline of its wrapper. Unlike a
 * servlet it is the same class for {@code javax} and {@code jakarta}. Thread-safe.
 */
final class Application extends ValveBase {

  private final String name;

  Application(String name) {
    this.name = name;
  }

  @Override
  public void invoke(Request request, Response response) {
    response.setHeader("x-application", name);
    String info = request.getPathInfo();
    String path = request.getServletPath() + (info == null ? "" : info);
    response.setHeader("x-path", URLEncoder.encode(path, StandardCharsets.UTF_8));
  }
}
