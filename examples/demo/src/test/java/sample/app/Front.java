package sample.app;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/**
 * An application that knows nothing of a mesh: a Tomcat that calls a host for each request, and the
 * host it reads on each line of standard input. It ends with its input.
 */
final class Front {

  private Front() {}

  /**
   * @param args the host that is called for requests
   */
  public static void main(String[] args) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    Connector connector = new Connector();
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", null);
    Tomcat.addServlet(context, "front", new Servlet(client, args[0]));
    context.addServletMappingDecoded("/", "front");
    tomcat.start();
    System.out.println("serving " + connector.getLocalPort());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String host = in.readLine(); host != null; host = in.readLine()) {
      System.out.println("called " + Caller.call(client, host));
    }
    tomcat.stop();
    tomcat.destroy();
  }

  private static final class Servlet extends HttpServlet {
    private final transient HttpClient client;
    private final String host;

    Servlet(HttpClient client, String host) {
      this.client = client;
      this.host = host;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      try {
        response.getWriter().print(Caller.call(client, host));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
