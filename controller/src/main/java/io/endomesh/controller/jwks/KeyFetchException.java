package io.endomesh.controller.jwks;

/** An issuer could not be asked. The message holds nothing of what was answered. */
public final class KeyFetchException extends Exception {

  private static final long serialVersionUID = 1L;

  public KeyFetchException(String message) {
    super(message);
  }
}
