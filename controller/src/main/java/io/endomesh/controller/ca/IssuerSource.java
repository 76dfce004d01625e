package io.endomesh.controller.ca;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;

/** Where the issuer comes from, and which roots hold beside its own. Thread-safe. */
interface IssuerSource {

  /** Who signs now. */
  Issuer issuer();

  /** All that hold now, that of the issuer among them; never empty. */
  List<X509Certificate> roots();

  /**
   * By which those who know an earlier root alone come to trust the issuer's: each a root as an
   * earlier one vouches for it, followed by that earlier one.
   */
  List<X509Certificate> vouchers();

  /** Does what is due; called now and then. */
  default void tick() throws IOException {}
}
