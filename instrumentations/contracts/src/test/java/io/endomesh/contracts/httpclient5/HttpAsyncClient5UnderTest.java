package io.endomesh.contracts.httpclient5;

import io.endomesh.testkit.HttpClientFixture.Answer;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/** What applications do with the asynchronous client alone. */
public interface HttpAsyncClient5UnderTest extends HttpClient5UnderTest {

  /**
   * Makes a POST whose body is read as it is sent; done with the status when all is read.
   *
   * @param parts is told each part of the answer as it comes
   */
  CompletableFuture<Integer> stream(String url, InputStream body, Consumer<byte[]> parts);

  /** Makes a GET and, in the callback that gets its answer, another. */
  CompletableFuture<Answer> inTurn(String first, String then);

  /** A server that speaks HTTP/2 if it is asked for in the handshake. */
  Http2Server http2Server(SSLContext tls) throws Exception;
}
