package io.endomesh.contracts.jetty.server;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

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
