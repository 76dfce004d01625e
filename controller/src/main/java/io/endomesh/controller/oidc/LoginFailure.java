package io.endomesh.controller.oidc;

import org.jspecify.annotations.Nullable;

/** Somebody was not logged in. The message holds no code, no token and no secret. */
public final class LoginFailure extends Exception {

  private static final long serialVersionUID = 1L;

  /** What the person at the browser is told; the message is for the operator. */
  public enum Kind {
    /** Too long ago, begun in another browser, or used before. */
    STALE,
    /** The provider said no. */
    REFUSED,
    /** The provider, or what it knows of us, is not in order. */
    PROVIDER,
    /** What the provider said is not believed. */
    TOKEN,
    /** Nobody whom a role was given. */
    ROLE,
    /** Too many at once. */
    BUSY
  }

  private final Kind kind;

  public LoginFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** A word of RFC 6749, or nothing: what others say does not come into our log as it is. */
  public static String word(@Nullable String said) {
    return said != null && said.matches("[a-z_]{1,40}") ? said : "without a reason";
  }

  public Kind kind() {
    return kind;
  }
}
