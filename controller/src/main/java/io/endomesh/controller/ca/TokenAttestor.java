package io.endomesh.controller.ca;

/** Says whom a token is of that somebody else gave out. Thread-safe. */
public interface TokenAttestor {

  /** Believes nobody. */
  TokenAttestor NONE =
      token -> {
        throw new Refused("the token is none of this controller's");
      };

  /**
   * @param by resource that says so, {@code JoinIssuer/endomesh-system/cluster}
   */
  record Attested(String by, WorkloadIdentity identity) {}

  Attested attest(String token) throws Refused;

  /** The message holds no part of the token. */
  final class Refused extends Exception {

    private static final long serialVersionUID = 1L;

    public Refused(String message) {
      super(message);
    }
  }
}
