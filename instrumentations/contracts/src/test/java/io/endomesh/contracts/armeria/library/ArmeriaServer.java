package io.endomesh.contracts.armeria.library;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.util.Version;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.endomesh.dataplane.CallContext;
import io.endomesh.testkit.StagedHttpServerContract.Staged;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A server of Armeria with the contract's handlers. Thread-safe. */
public final class ArmeriaServer implements Staged {

  /** Longer than any test lets a request be under way. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Its requests go on from the event loop, which knows nothing of who began them. */
  private static final WebClient CLIENT =
      WebClient.builder()
          .decorator(
              (next, context, request) -> {
                CompletableFuture<HttpResponse> response = new CompletableFuture<>();
                context
                    .eventLoop()
                    .withoutContext()
                    .execute(
                        () -> {
                          try {
                            response.complete(next.execute(context, request));
                          } catch (Exception e) {
                            response.completeExceptionally(e);
                          }
                        });
                return HttpResponse.from(response);
              })
          .build();

  private final Server server;

  public ArmeriaServer() {
    server =
        Server.builder()
            .http(new InetSocketAddress("127.0.0.1", 0))
            .service("/websocket", EchoSocket.service(ArmeriaServer::answer))
            .serviceUnder("/", ArmeriaServer::answer)
            // The contract sends 100 MB, and stops in the middle.
            .maxRequestLength(0)
            .requestTimeoutMillis(0)
            // None at all would not wait for what is under way.
            .gracefulShutdownTimeout(Duration.ofMillis(1), PATIENCE)
            .build();
    server.start().join();
  }

  private static HttpResponse answer(ServiceRequestContext context, HttpRequest request) {
    return switch (context.path()) {
      case "/context" -> text(context, String.valueOf(CallContext.current().caller()));
      case "/context/later" ->
          HttpResponse.from(
              CompletableFuture.supplyAsync(
                  () -> text(context, String.valueOf(CallContext.current().caller())),
                  task -> new Thread(context.makeContextAware(task), "answering").start()));
      case "/outgoing" ->
          HttpResponse.from(
              CLIENT
                  .get("http://orders/")
                  .aggregate()
                  .thenApply(whole -> text(context, whole.contentUtf8())));
      case "/async" ->
          HttpResponse.from(
              CompletableFuture.supplyAsync(
                  () -> text(context, "later"), task -> new Thread(task, "answering").start()));
      case "/certificate" -> text(context, request.scheme() + " " + subject(context.sslSession()));
      case "/fails" -> throw new IllegalStateException("as the test asked");
      default -> Echo.of(head(context), request);
    };
  }

  private static HttpResponse text(ServiceRequestContext context, String text) {
    return HttpResponse.of(head(context), HttpData.ofUtf8(text));
  }

  private static ResponseHeaders head(ServiceRequestContext context) {
    return ResponseHeaders.of(
        HttpStatus.OK,
        "x-path",
        context.path(),
        "x-names",
        String.join(" ", context.request().headers().names()),
        "x-protocol",
        context.sessionProtocol().uriText());
  }

  private static String subject(@Nullable SSLSession session) {
    try {
      return session == null
          ? "none"
          : ((X509Certificate) session.getPeerCertificates()[0])
              .getSubjectX500Principal()
              .getName();
    } catch (SSLPeerUnverifiedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String version() {
    return Version.getAll(Server.class.getClassLoader()).get("armeria").artifactVersion();
  }

  @Override
  public int port() {
    return server.activeLocalPort();
  }

  @Override
  public void close() {
    Stopping.of(server);
  }
}
