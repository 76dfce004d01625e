package io.endomesh.controller.jwks;

/** An issuer, or who serves another document, could not be asked; nothing of the answer is told. */
public final class KeyFetchException extends Exception {

  private static final long serialVersionUID = 1L;

  public KeyFetchException(String message) {
    super(message);
  }
}
