package io.endomesh.dataplane.token;

import org.jspecify.annotations.Nullable;

/**
 * Why a token, or a set of keys, is not taken. The message is for the operator; it holds no part of
 * a token, because whoever wrote that is not known yet.
 */
public final class InvalidToken extends Exception {

  private static final long serialVersionUID = 1L;

  private final @Nullable String policy;

  /** Without a stack trace: whoever sends bad tokens is not given the work of making one. */
  public InvalidToken(String message) {
    this(message, null);
  }

  private InvalidToken(String message, @Nullable String policy) {
    super(message, null, false, false);
    this.policy = policy;
  }

  /** The same of a token that this policy is about. */
  InvalidToken by(String name) {
    return new InvalidToken(String.valueOf(getMessage()), name);
  }

  /** Null if it is not known yet. */
  @Nullable String policy() {
    return policy;
  }
}
