package io.endomesh.instrumentation.httpclient5;

import java.io.IOException;
import org.apache.hc.core5.http.HttpException;

/** Carries an {@link HttpException} through loops that know I/O only. Immutable. */
final class ProtocolFailure extends IOException {

  private static final long serialVersionUID = 1;

  private final HttpException failure;

  ProtocolFailure(HttpException failure) {
    super(failure.getMessage(), failure);
    this.failure = failure;
  }

  HttpException failure() {
    return failure;
  }
}
