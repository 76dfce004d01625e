package io.endomesh.contracts.httpclient4;

import io.endomesh.testkit.HttpClientFixture.Answer;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What applications do with the asynchronous client alone. */
public interface HttpAsyncClient4UnderTest extends HttpClient4UnderTest {

  /**
   * Makes a POST whose body is read as it is sent; done with the status when all is read.
   *
   * @param parts is told each part of the answer as it comes
   */
  CompletableFuture<Integer> stream(String url, InputStream body, Consumer<byte[]> parts);

  /** Makes a GET and, in the callback that gets its answer, another. */
  CompletableFuture<Answer> inTurn(String first, String then);

  /** Makes a GET by a client without redirects, cookies and passwords. */
  CompletableFuture<Answer> startMinimal(String url);

  /** Makes a GET whose answer is read on another thread, a few bytes at a time; its text. */
  CompletableFuture<String> startReadingSlowly(String url);
}
