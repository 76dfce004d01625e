package io.endomesh.controller.ca;

/** A certificate signing request that no certificate can be made from; the message says why. */
final class InvalidCsrException extends Exception {

  InvalidCsrException(String message) {
    super(message);
  }
}
