package io.endomesh.contracts.jetty9.server;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/** A servlet that says who it is and which path it sees. Thread-safe. */
final class Application extends HttpServlet {

  private static final long serialVersionUID = 1;

  private final String name;

  Application(String name) {
    this.name = name;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response) {
    response.setHeader("x-application", name);
    String info = request.getPathInfo();
    String path = request.getServletPath() + (info == null ? "" : info);
    response.setHeader("x-path", URLEncoder.encode(path, StandardCharsets.UTF_8));
  }
}
