package sample.echo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Makes calls and tells how they went. A call is {@code {url, headers, count, atOnce}}: a URL of
 * scheme {@code grpc} is called by gRPC, and {@code atOnce} of them are under way at a time. The
 * answer is {@code {status, headers, received, seen}}, the status of gRPC being its number; {@code
 * seen} counts who answered, or with which error nobody did. Thread-safe, but {@link #make} forgets
 * the cookies of calls that are under way.
 */
final class Calls implements AutoCloseable {

  /** Header by which a server is asked to answer with what another one was sent, and its URL. */
  static final String RELAY = "x-relay";

  /** Longer than any call takes that is answered; one that hangs fails. */
  private static final long PATIENCE_SECONDS = 10;

  private final ObjectMapper json = new ObjectMapper();
  private final CookieManager cookies = new CookieManager();
  private final HttpClient http = HttpClient.newBuilder().cookieHandler(cookies).build();
  private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

  JsonNode make(JsonNode call) throws InterruptedException {
    URI url = URI.create(call.get("url").asText());
    ObjectNode answer = json.createObjectNode();
    Map<String, Integer> seen = new TreeMap<>();
    cookies.getCookieStore().removeAll();
    ExecutorService threads = Executors.newFixedThreadPool(call.path("atOnce").asInt(1));
    try {
      List<Future<ObjectNode>> answers = new ArrayList<>();
      for (int i = 0; i < call.path("count").asInt(1); i++) {
        answers.add(
            threads.submit(
                () -> url.getScheme().equals("grpc") ? grpc(url, call) : http(url, call)));
      }
      for (Future<ObjectNode> each : answers) {
        answer = each.get();
        String by = answer.path("received").path("by").asText(answer.path("error").asText());
        seen.merge(by, 1, Integer::sum);
      }
    } catch (ExecutionException e) {
      return json.createObjectNode().put("status", -1).put("error", e.getCause().toString());
    } finally {
      threads.shutdownNow();
    }
    return answer.set("seen", json.valueToTree(seen));
  }

  /**
   * A call that a server makes to answer one, which is then the answer of the server it reached.
   */
  JsonNode relay(String url) throws IOException {
    try {
      return make(json.createObjectNode().put("url", url));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(url);
    }
  }

  private ObjectNode http(URI url, JsonNode call) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(url);
    call.path("headers")
        .fields()
        .forEachRemaining(h -> request.header(h.getKey(), h.getValue().asText()));
    HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
    ObjectNode answer = json.createObjectNode().put("status", response.statusCode());
    Map<String, String> headers = new TreeMap<>();
    response.headers().map().forEach((name, values) -> headers.put(name, String.join(",", values)));
    answer.set("headers", json.valueToTree(headers));
    return received(answer, response.body());
  }

  private ObjectNode grpc(URI url, JsonNode call) throws IOException {
    ManagedChannel channel =
        channels.computeIfAbsent(
            url.getAuthority(),
            target -> ManagedChannelBuilder.forTarget(target).usePlaintext().build());
    Metadata headers = new Metadata();
    call.path("headers")
        .fields()
        .forEachRemaining(h -> headers.put(GrpcEcho.key(h.getKey()), h.getValue().asText()));
    ObjectNode answer = json.createObjectNode();
    try {
      String body =
          ClientCalls.blockingUnaryCall(
              ClientInterceptors.intercept(
                  channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
              GrpcEcho.SAY,
              CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS),
              "");
      return received(answer.put("status", 0), body);
    } catch (StatusRuntimeException e) {
      return answer.put("status", e.getStatus().getCode().value()).put("error", e.toString());
    }
  }

  /** Answers of the mesh itself are no JSON: then nobody received anything. */
  private ObjectNode received(ObjectNode answer, String body) throws IOException {
    if (body.startsWith("{")) {
      answer.set("received", json.readTree(body));
    }
    return answer;
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
  }
}
