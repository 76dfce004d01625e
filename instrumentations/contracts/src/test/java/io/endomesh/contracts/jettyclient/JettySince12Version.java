package io.endomesh.contracts.jettyclient;

/** The contract on a version since 12. */
abstract class JettySince12Version extends JettyClientVersion {

  JettySince12Version() {
    super("io.endomesh.contracts.jettyclient.since12.JettySince12");
  }
}
