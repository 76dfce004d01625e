package io.endomesh.contracts.netty;

import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import io.endomesh.testkit.SendsTrailers;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What applications do with channels, beyond calls. */
public interface NettyClientUnderTest extends HttpClientUnderTest, SendsTrailers {

  /** With a codec in two halves, and an aggregator. */
  HttpClientUnderTest inHalves();

  /** With a handler in front of the codec that wants something to be read in that time. */
  HttpClientUnderTest waitingAtMost(int millis);

  /** Two GETs that are written at once. */
  List<Answer> pipelined(String first, String second) throws IOException, InterruptedException;

  /** Makes a GET and, in the callback that gets its answer, another. */
  CompletableFuture<Answer> inTurn(String first, String then);

  /**
   * Makes a GET; done with the status when all is read.
   *
   * @param parts is told each part of the answer as it comes
   */
  CompletableFuture<Integer> read(String url, Consumer<String> parts);

  /** Opens a web socket and writes a text; what came until the server closed it. */
  List<String> webSocket(String url, String text) throws IOException, InterruptedException;

  /** What came first from a server that speaks no HTTP, by a pipeline without a codec. */
  String greeting(String host, int port) throws IOException, InterruptedException;

  /** A GET, on a channel that is kept. */
  Kept keep(String url) throws IOException, InterruptedException;

  /** A channel that was used. */
  interface Kept {

    boolean isActive();

    /** Of the other end, as the channel says it. */
    String remoteHost();

    void close() throws InterruptedException;
  }
}
