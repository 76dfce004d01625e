package io.endomesh.controller.jwks;

/** Keys could not be fetched. The message holds nothing of what was answered. */
final class KeyFetchException extends Exception {

  private static final long serialVersionUID = 1L;

  KeyFetchException(String message) {
    super(message);
  }
}
