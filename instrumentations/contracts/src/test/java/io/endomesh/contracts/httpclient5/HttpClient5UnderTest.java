package io.endomesh.contracts.httpclient5;

import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import io.endomesh.testkit.SendsTrailers;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** What applications set up in this library, each as a client of its own. */
public interface HttpClient5UnderTest extends HttpClientUnderTest, SendsTrailers {

  /** With the application's own retry strategy, which repeats what it can at once. */
  HttpClientUnderTest retrying(int times);

  /** With a password for whoever asks. */
  HttpClientUnderTest withPassword();

  /** With a response timeout. */
  HttpClientUnderTest waitingAtMost(Duration time);

  /** With one connection to each endpoint, waited for so long. */
  HttpClientUnderTest withOneConnection(Duration patience);

  /** With an interceptor of each request. */
  HttpClientUnderTest intercepting(Runnable interceptor);

  /** Makes a GET that is cancelled from another thread; what its caller got. */
  Throwable cancelledBeforeItsAnswer(String url) throws InterruptedException, TimeoutException;

  /**
   * A GET in the form with a host beside a request that names none.
   *
   * @param port -1 for the default
   */
  Answer getAt(String host, int port, String path) throws IOException, InterruptedException;
}
