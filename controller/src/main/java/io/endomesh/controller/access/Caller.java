package io.endomesh.controller.access;

/**
 * Who makes a request. Immutable.
 *
 * @param name as the history and the audit log have it
 */
public record Caller(Kind kind, String name, Grants grants) {

  /** How somebody proved who they are. */
  public enum Kind {
    /** By being on the controller's machine, where that suffices. */
    LOOPBACK,
    /** By the token in the data directory, or a login link made with it. */
    ADMIN_TOKEN,
    USER,
    /** At a provider, which says what they may do. */
    OIDC,
    API_TOKEN,
    /** Not at all, or not to this part of the controller. */
    NOBODY
  }

  /** Names that no user may have: they would be taken for somebody else in the history. */
  static final String LOOPBACK_NAME = "loopback";

  static final String ADMIN_TOKEN_NAME = "admin-token";

  static final String NOBODY_NAME = "nobody";

  /** Of API tokens; no user name holds a slash. */
  static final String TOKEN_PREFIX = "api-token/";

  /** Of people whom a provider knows; no user name holds a colon. */
  static final String OIDC_PREFIX = "oidc:";

  static final Caller LOOPBACK = new Caller(Kind.LOOPBACK, LOOPBACK_NAME, Grants.EVERYTHING);

  static final Caller ADMIN_TOKEN =
      new Caller(Kind.ADMIN_TOKEN, ADMIN_TOKEN_NAME, Grants.EVERYTHING);

  static final Caller NOBODY = new Caller(Kind.NOBODY, NOBODY_NAME, Grants.NONE);

  public boolean may(Right right) {
    return grants.allow(right);
  }

  public boolean may(Right right, String namespace) {
    return grants.allow(right, namespace);
  }

  /** Whether a person sits behind it, and no program with a token that was made for one thing. */
  boolean isPerson() {
    return kind != Kind.API_TOKEN && kind != Kind.NOBODY;
  }
}
