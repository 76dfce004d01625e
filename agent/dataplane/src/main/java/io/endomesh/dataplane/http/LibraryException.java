package io.endomesh.dataplane.http;

import java.io.IOException;

/**
 * Carries what a library throws besides {@link IOException}s out of an attempt, see {@link
 * BlockingHttpExchange#run}. Immutable.
 */
public final class LibraryException extends IOException {

  private static final long serialVersionUID = 1;

  private final Exception thrown;

  public LibraryException(Exception thrown) {
    super(thrown.getMessage(), thrown);
    this.thrown = thrown;
  }

  Exception thrown() {
    return thrown;
  }
}
