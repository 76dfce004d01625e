package io.endomesh.contracts.jettyclient;

import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import io.endomesh.testkit.SendsTrailers;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What applications set up in Jetty's client, each as a client of its own. */
public interface JettyClientUnderTest extends HttpClientUnderTest, SendsTrailers {

  /** With a password for whoever asks at this place. */
  HttpClientUnderTest withPassword(String url);

  /** With a timeout for whole calls. */
  HttpClientUnderTest waitingAtMost(int millis);

  /** Makes a GET and, in the listener that gets its answer, another. */
  CompletableFuture<Answer> inTurn(String first, String then);

  /**
   * Makes a GET; done with the status when all is read.
   *
   * @param parts is told each part of the answer as it comes
   */
  CompletableFuture<Integer> read(String url, Consumer<String> parts);

  /**
   * Makes a GET with listeners of the request; as it begins, one of them sets a header.
   *
   * @param events is told what they are told
   */
  Answer listening(String url, Consumer<String> events) throws Exception;

  /** Makes a GET whose answer is read as a stream. */
  String readAsStream(String url) throws Exception;
}
