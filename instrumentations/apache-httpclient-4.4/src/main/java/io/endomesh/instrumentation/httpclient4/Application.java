package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.CallContext;
import java.io.IOException;
import org.apache.http.HttpException;
import org.apache.http.nio.protocol.HttpAsyncClientExchangeHandler;

/**
 * Who gets the answer of an asynchronous call: the exchange of the library above the mesh, and the
 * application above that. They run in the context that the call was made in, so that what they call
 * belongs to it. Thread-safe.
 */
record Application(HttpAsyncClientExchangeHandler exchange, CallContext callContext) {

  /** Something that an exchange is told by its connection. */
  interface Step {
    void run(HttpAsyncClientExchangeHandler exchange) throws HttpException, IOException;
  }

  void tell(Step step) throws HttpException, IOException {
    CallContext before = callContext.attach();
    try {
      step.run(exchange);
    } finally {
      CallContext.restore(before);
    }
  }

  /** Tells it where nobody waits for what it throws: it gets that back as its failure. */
  void tellLast(Step step) {
    try {
      tell(step);
    } catch (HttpException | IOException | RuntimeException e) {
      failed(e);
    }
  }

  /** The call came to nothing; an exchange that is over already does not listen. */
  void failed(Throwable cause) {
    Exception failure =
        cause instanceof Exception exception
            ? exception
            : new HttpException(cause.getMessage(), cause);
    CallContext before = callContext.attach();
    try {
      exchange.failed(failure);
    } finally {
      CallContext.restore(before);
    }
  }
}
