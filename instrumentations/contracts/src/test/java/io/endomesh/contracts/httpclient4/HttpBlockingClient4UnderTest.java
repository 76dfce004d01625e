package io.endomesh.contracts.httpclient4;

import io.endomesh.testkit.HttpClientUnderTest;

/** What applications set up in the blocking client alone, each as a client of its own. */
public interface HttpBlockingClient4UnderTest extends HttpClient4UnderTest {

  /** With the application's own retry handler, which repeats at once what failed. */
  HttpClientUnderTest retrying(int times);

  /** The same, with what it does each time before. */
  HttpClientUnderTest retrying(int times, Runnable before);

  /** With the application's own strategy for 503, which repeats it at once. */
  HttpClientUnderTest retryingUnavailable(int times);

  /** With an element of the application's in front of the last, which answers by itself. */
  HttpClientUnderTest answeringFromACache(String text);

  /** Makes a GET with a request that was aborted before; what its caller got. */
  Throwable abortedAlready(String url);
}
