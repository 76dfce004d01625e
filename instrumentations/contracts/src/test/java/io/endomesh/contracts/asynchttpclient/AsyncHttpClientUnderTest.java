package io.endomesh.contracts.asynchttpclient;

import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What applications set up in this library, each as a client of its own. */
public interface AsyncHttpClientUnderTest extends HttpClientUnderTest {

  /** With a password for whoever asks. */
  HttpClientUnderTest withPassword();

  /** With a timeout for whole calls. */
  HttpClientUnderTest waitingAtMost(int millis);

  /** With one connection to each endpoint, not waited for. */
  HttpClientUnderTest withOneConnection();

  /** With a filter of each request. */
  HttpClientUnderTest filtering(Runnable filter);

  /** Makes a GET and, in the callback that gets its answer, another. */
  CompletableFuture<Answer> inTurn(String first, String then);

  /**
   * Makes a GET; done with the status when all is read.
   *
   * @param parts is told each part of the answer as it comes
   */
  CompletableFuture<Integer> read(String url, Consumer<byte[]> parts);
}
