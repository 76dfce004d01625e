package sample.echo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/** A Tomcat that answers with what arrived. Thread-safe. */
final class HttpEcho implements AutoCloseable {

  private final Tomcat tomcat = new Tomcat();
  private final Connector connector = new Connector();

  HttpEcho(String name, Calls relayed) throws IOException, LifecycleException {
    tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", null);
    Tomcat.addServlet(context, "echo", new Servlet(name, relayed));
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

    /** A file: made when the request has come, and answered when it is gone. */
    private static final String HOLD = "x-hold";

    private static final Duration LOOK = Duration.ofMillis(10);

    private final transient ObjectMapper json = new ObjectMapper();
    private final String name;
    private final transient Calls relayed;

    Servlet(String name, Calls relayed) {
      this.name = name;
      this.relayed = relayed;
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
      if (request.getHeader(HOLD) != null) {
        hold(Path.of(request.getHeader(HOLD)));
      }
      response.setContentType("application/json");
      String relay = request.getHeader(Calls.RELAY);
      if (relay != null) {
        JsonNode answer = relayed.relay(relay);
        if (answer.has("received")) {
          json.writeValue(response.getOutputStream(), answer.get("received"));
        } else {
          response.setStatus(answer.get("status").asInt());
        }
        return;
      }
      json.writeValue(response.getOutputStream(), received);
    }

    private static void hold(Path file) throws IOException {
      Files.createFile(file);
      try {
        while (Files.exists(file)) {
          Thread.sleep(LOOK.toMillis());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
