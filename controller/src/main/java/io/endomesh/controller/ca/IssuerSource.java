package io.endomesh.controller.ca;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the issuer comes from, and which roots hold beside its own. Thread-safe. */
interface IssuerSource {

  /** Who signs now. */
  Issuer issuer();

  /** Whose word the controller's own certificate is to have; another object is another. */
  default X509Certificate signer() {
    return issuer().certificate();
  }

  /** In one word. */
  String kind();

  /** All that hold now, that of the issuer among them; never empty. */
  List<X509Certificate> roots();

  /**
   * By which those who know an earlier root alone come to trust the issuer's: each a root as an
   * earlier one vouches for it, followed by that earlier one.
   */
  List<X509Certificate> vouchers();

  /** Null if no root follows another. */
  default @Nullable Rotation rotation() {
    return null;
  }

  /**
   * Begins to let another root follow.
   *
   * @throws IllegalStateException if that cannot be done; the message says why
   */
  default void rotate(boolean hurried) throws IOException {
    throw new IllegalStateException(
        "the authority was brought, and so is the next (expected: start the controller with both"
            + " roots in --ca-chain, see docs/authority.md)");
  }

  /**
   * Gives it up.
   *
   * @throws IllegalStateException if there is nothing to give up
   */
  default void abort() throws IOException {
    throw new IllegalStateException("no rotation is under way (expected: one)");
  }

  /**
   * Does what is due; called now and then.
   *
   * @param workloads that are connected
   * @return true if something changed
   */
  default boolean tick(List<Rotation.Witness> workloads) throws IOException {
    return false;
  }
}
