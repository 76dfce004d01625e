package io.endomesh.contracts.okhttp;

import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What applications set up in this library, each as a client of its own. */
public interface OkHttpUnderTest extends HttpClientUnderTest {

  /** With a password for whoever asks, once. */
  HttpClientUnderTest withPassword();

  /** With a timeout of each call, from its beginning to the end of its answer. */
  HttpClientUnderTest withCallTimeout(Duration time);

  /** With a timeout of each read from a connection. */
  HttpClientUnderTest withReadTimeout(Duration time);

  /** With interceptors around the call, and at the network. */
  HttpClientUnderTest intercepting(Runnable ofCalls, Runnable ofNetwork);

  /**
   * With an event listener.
   *
   * @param events gets the name of each event; {@code stranger} if it is not of the call begun last
   */
  HttpClientUnderTest listening(List<String> events);

  /** With a cache of answers. */
  HttpClientUnderTest caching(Path directory);

  /** That speaks HTTP/2 without asking. */
  HttpClientUnderTest withPriorKnowledge();

  /** A multipart POST with one part that can be read once only. */
  Answer streamPart(String url, InputStream part) throws IOException;

  /** Makes a GET that is cancelled from another thread; what its caller got. */
  Throwable cancelledBeforeItsAnswer(String url) throws InterruptedException, TimeoutException;

  /** Makes a GET, is told its status, cancels it and reads on; what reading came to. */
  Throwable cancelledWhileReading(String url) throws IOException;

  /** What the application sees of the TLS of a call: whom the peer is; null for no TLS. */
  @Nullable List<String> seenPeer(String url) throws IOException;

  /** The status that a WebSocket was refused with. */
  int refusalOfWebSocket(String url) throws InterruptedException, TimeoutException;
}
