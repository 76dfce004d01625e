package starts.micronaut;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.runtime.Micronaut;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Serves by calling another host. */
@Controller
class Application {

  private final HttpClient client = HttpClient.newHttpClient();

  public static void main(String[] args) {
    var context = Micronaut.run(Application.class, args);
    System.out.println("serving " + context.getBean(EmbeddedServer.class).getPort());
  }

  @Get("/")
  @ExecuteOn(TaskExecutors.BLOCKING)
  String call() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://answers.invalid/")).build();
    return "status " + client.send(request, BodyHandlers.discarding()).statusCode();
  }
}
