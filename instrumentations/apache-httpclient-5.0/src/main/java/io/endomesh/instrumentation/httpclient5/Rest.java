package io.endomesh.instrumentation.httpclient5;

import java.io.IOException;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.jspecify.annotations.Nullable;

/**
 * The rest of the library's asynchronous chain, from the element that is woven on. Immutable.
 *
 * @param exec that element
 * @param chain what is behind it
 */
record Rest(AsyncExecChainHandler exec, AsyncExecChain chain) {

  void execute(
      HttpRequest request,
      @Nullable AsyncEntityProducer body,
      AsyncExecChain.Scope scope,
      AsyncExecCallback callback)
      throws HttpException, IOException {
    exec.execute(request, body, scope, chain, callback);
  }
}
