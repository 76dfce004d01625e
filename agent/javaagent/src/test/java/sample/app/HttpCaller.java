package sample.app;

import com.sun.net.httpserver.HttpServer;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/**
 * An application that calls itself over HTTP, with the JDK's own client. With {@code -Dstays=true}
 * it runs until its standard input ends.
 */
final class HttpCaller {

  private HttpCaller() {}

  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try {
      URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
      HttpResponse<Void> response =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding());
      out.println("status " + response.statusCode());
      if (Boolean.getBoolean("stays")) {
        System.in.readAllBytes();
      }
    } finally {
      server.stop(0);
    }
  }
}
