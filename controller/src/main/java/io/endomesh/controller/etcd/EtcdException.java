package io.endomesh.controller.etcd;

/** Etcd did not do what was asked; the message is a sentence. */
final class EtcdException extends Exception {

  private static final long serialVersionUID = 1L;

  private final boolean unreachable;

  EtcdException(String message, boolean unreachable, Throwable cause) {
    super(message, cause);
    this.unreachable = unreachable;
  }

  /** No member answered: whether what was asked is done is not known. */
  boolean isUnreachable() {
    return unreachable;
  }
}
