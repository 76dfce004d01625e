package sample.echo;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collections;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/** A Tomcat that answers with what arrived. Thread-safe. */
final class HttpEcho implements AutoCloseable {

  private final Tomcat tomcat = new Tomcat();
  private final Connector connector = new Connector();

  HttpEcho(String name) throws IOException, LifecycleException {
    tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", null);
    Tomcat.addServlet(context, "echo", new Servlet(name));
    context.addServletMappingDecoded("/", "echo");
    tomcat.start();
  }

  int port() {
    return connector.getLocalPort();
  }

  @Override
  public void close() throws LifecycleException {
    tomcat.stop();
    tomcat.destroy();
  }

  private static final class Servlet extends HttpServlet {
    /** Names the workload that is to answer with 503. */
    private static final String FAIL = "x-fail";

    private final transient ObjectMapper json = new ObjectMapper();
    private final String name;

    Servlet(String name) {
      this.name = name;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      Received received =
          new Received(
              name, request.getMethod(), request.getRequestURI(), request.getQueryString());
      for (String header : Collections.list(request.getHeaderNames())) {
        Collections.list(request.getHeaders(header))
            .forEach(value -> received.header(header, value));
      }
      if (name.equals(request.getHeader(FAIL))) {
        response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
      }
      response.setContentType("application/json");
      json.writeValue(response.getOutputStream(), received);
    }
  }
}
