package io.endomesh.contracts.armeria;

import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import io.endomesh.testkit.SendsTrailers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What a client of Armeria does besides. Thread-safe. */
public interface ArmeriaUnderTest extends HttpClientUnderTest, SendsTrailers {

  /** The statuses of the library's own logs of requests that are complete. */
  List<Integer> logged();

  /** Another client, which trusts the tests' authority for names of hosts. */
  HttpClientUnderTest trusting();

  /** Makes a GET and, in the callback that gets its answer, another. */
  CompletableFuture<Answer> inTurn(String first, String then);

  /**
   * Makes a GET; done with the status when all is read.
   *
   * @param parts is told each part of the answer as it comes
   */
  CompletableFuture<Integer> read(String url, Consumer<String> parts);
}
