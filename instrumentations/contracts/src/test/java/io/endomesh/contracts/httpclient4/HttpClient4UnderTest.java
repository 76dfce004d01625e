package io.endomesh.contracts.httpclient4;

import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** What applications set up in this library, each as a client of its own. */
public interface HttpClient4UnderTest extends HttpClientUnderTest {

  /** With a password for one host and port, and nobody else. */
  HttpClientUnderTest withPasswordFor(String host, int port);

  /** With a timeout for each read. */
  HttpClientUnderTest waitingAtMost(Duration time);

  /** With one connection to each endpoint, waited for so long. */
  HttpClientUnderTest withOneConnection(Duration patience);

  /** With an interceptor of each request. */
  HttpClientUnderTest intercepting(Runnable interceptor);

  /** Makes a GET that is aborted from another thread; what its caller got. */
  Throwable abortedBeforeItsAnswer(String url) throws InterruptedException, TimeoutException;

  /** Makes a GET that is aborted while its answer is read; what its caller got. */
  Throwable abortedWhileReading(String url)
      throws IOException, InterruptedException, TimeoutException;

  /**
   * A GET in the form with a host beside a request that names none.
   *
   * @param port -1 for the default
   */
  Answer getAt(String host, int port, String path) throws IOException, InterruptedException;

  /** What the context of a call holds behind it: the URI of its request, its host, its TLS. */
  record Left(String uri, String host, boolean tls) {}

  Left leftBy(String url) throws IOException, InterruptedException;
}
