package io.endomesh.testkit;

import io.endomesh.testkit.HttpClientFixture.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One version of an HTTP client, made in a class loader of its own and used through this interface,
 * whose methods mean what those of {@link HttpClientFixture} do. Thread-safe.
 */
public interface HttpClientUnderTest extends AutoCloseable {

  /** As the library says it of itself, to be compared with the one staged. */
  String version();

  Answer call(String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException, InterruptedException;

  Answer stream(String url, InputStream body) throws IOException, InterruptedException;

  default Answer expecting(String url, byte[] body) throws IOException, InterruptedException {
    return call("POST", url, Map.of("Expect", "100-continue"), body);
  }

  int download(String url, OutputStream sink) throws IOException, InterruptedException;

  CompletableFuture<Answer> start(String url);

  Answer getUnfollowed(String url) throws IOException, InterruptedException;

  Answer getWithCookies(String url) throws IOException, InterruptedException;

  /** Another client, with a proxy on the loopback interface for all calls. */
  HttpClientUnderTest behindProxy(int port);

  /** For libraries that tell each part of an answer: a sink for {@link #download}. */
  static Consumer<byte[]> into(OutputStream sink) {
    return part -> {
      try {
        sink.write(part);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  @Override
  void close() throws IOException;
}
