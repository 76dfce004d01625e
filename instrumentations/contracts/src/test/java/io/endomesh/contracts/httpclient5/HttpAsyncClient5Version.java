package io.endomesh.contracts.httpclient5;

/** The contract on one version of the asynchronous client. */
abstract class HttpAsyncClient5Version extends HttpClient5Version {

  HttpAsyncClient5Version() {
    super("io.endomesh.contracts.httpclient5.library.Async");
  }
}
