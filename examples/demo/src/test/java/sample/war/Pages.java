package sample.war;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A web application that knows nothing of a mesh: says under which path it is served, and calls the
 * URL it is asked to, on a thread of the request, on one of the common pool, or on one that it
 * started itself, long before.
 */
public final class Pages extends HttpServlet {

  private final transient ExecutorService workers = Executors.newCachedThreadPool();
  private final transient HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(workers).build();
  private final transient BlockingQueue<Job> jobs = new LinkedBlockingQueue<>();
  private transient Thread own = new Thread(this::work, "own");

  private record Job(String url, CompletableFuture<String> result) {}

  @Override
  public void init() {
    own.start();
  }

  @Override
  public void destroy() {
    own.interrupt();
    workers.shutdown();
  }

  private void work() {
    try {
      while (true) {
        Job job = jobs.take();
        // On the pool again: such a thread has no request to tell whose it is.
        CompletableFuture.supplyAsync(() -> call(job.url))
            .whenComplete((answer, error) -> job.result.complete(answer + ""));
      }
    } catch (InterruptedException destroyed) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String url = request.getParameter("url");
    response.getWriter().print(url == null ? request.getContextPath() : answer(request, url));
  }

  private String answer(HttpServletRequest request, String url) {
    return switch (request.getPathInfo()) {
      case "/pool" -> CompletableFuture.supplyAsync(() -> call(url)).join();
      case "/own" -> {
        Job job = new Job(url, new CompletableFuture<>());
        jobs.add(job);
        yield job.result.join();
      }
      default -> call(url);
    };
  }

  private String call(String url) {
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      return response.statusCode() + " " + response.body();
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }
}
