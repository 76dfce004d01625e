package io.endomesh.contracts.vertx;

import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What else applications do with this library. Thread-safe. */
public interface VertxClientUnderTest extends HttpClientUnderTest {

  /** Makes a GET that the application waits for so long. */
  CompletableFuture<Answer> waitingAtMost(String url, int millis);

  /** Makes a GET and, in the callback that gets its answer, another. */
  CompletableFuture<Answer> inTurn(String first, String then);

  /**
   * Makes a GET; done with the status when all is read, given up if it is cancelled.
   *
   * @param parts is told each part of the answer as it comes
   */
  CompletableFuture<Integer> read(String url, Consumer<String> parts);

  /**
   * Makes a GET on a context of the library.
   *
   * @return true if all callbacks ran on it
   */
  CompletableFuture<Boolean> staysOnItsContext(String url);

  /** Makes a PUT whose body is as many bytes, written as the library says that it takes more. */
  CompletableFuture<Answer> piped(String url, int bytes);
}
