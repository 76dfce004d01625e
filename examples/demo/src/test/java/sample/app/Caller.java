package sample.app;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/**
 * An application that knows nothing of a mesh: calls the host it reads on each line of standard
 * input, an empty line being itself, and ends with its input.
 */
final class Caller {

  private Caller() {}

  public static void main(String[] args) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    String self = "127.0.0.1:" + server.getAddress().getPort();
    HttpClient client = HttpClient.newHttpClient();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String host = in.readLine(); host != null; host = in.readLine()) {
      System.out.println("called " + call(client, host.isEmpty() ? self : host));
    }
    server.stop(0);
    System.out.println("app ended");
  }

  static String call(HttpClient client, String host) throws InterruptedException {
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + host + "/")).build();
      return "status " + client.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return e.getClass().getName();
    }
  }
}
