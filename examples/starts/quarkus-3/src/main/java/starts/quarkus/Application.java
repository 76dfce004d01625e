package starts.quarkus;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Serves by calling another host. */
@Path("/")
public class Application {

  private final HttpClient client = HttpClient.newHttpClient();

  @GET
  public String call() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://answers.invalid/")).build();
    return "status " + client.send(request, BodyHandlers.discarding()).statusCode();
  }
}
