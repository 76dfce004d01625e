package io.endomesh.contracts.reactornetty;

import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** What applications set up in this library, each as a client of its own. */
public interface ReactorNettyUnderTest extends HttpClientUnderTest {

  /** With a response timeout. */
  HttpClientUnderTest waitingAtMost(Duration time);

  /** With one connection to each endpoint, waited for so long. */
  HttpClientUnderTest withOneConnection(Duration patience);

  /** With an exception instead of each request. */
  HttpClientUnderTest refusing(RuntimeException failure);

  /** HTTP/2 without asking for it, to http URLs. */
  HttpClientUnderTest withPriorKnowledge();

  /** That decompresses. */
  HttpClientUnderTest compressing();

  /** That counts what it is told of calls, by the name of the callback. */
  HttpClientUnderTest telling(Map<String, Integer> told);

  /** A GET with a header that the application's subscriber brings in its context. */
  Answer getWithContext(String url, String header, String value)
      throws IOException, InterruptedException;

  /** The refusal of a web socket, as the library says it. */
  String refusalOfWebSocket(String url) throws InterruptedException;

  /** A POST of zeros. */
  CompletableFuture<Answer> upload(String url, long bytes, AtomicLong asked);

  /** A POST of a file, which the library reads by itself. */
  Answer sendFile(String url, Path file) throws IOException, InterruptedException;

  /** A POST of a form with one field, of several parts. */
  Answer sendForm(String url, String name, String value) throws IOException, InterruptedException;

  /** A GET whose body is read part by part. */
  Reading read(String url) throws InterruptedException;

  /** A body on its way. */
  interface Reading extends AutoCloseable {

    /** Lets one more part come, and waits for it. */
    void one() throws InterruptedException;

    /** The application wants no more. */
    @Override
    void close();
  }
}
