package io.endomesh.contracts.jettyclient;

/** The contract on a version until 11. */
abstract class JettyBefore12Version extends JettyClientVersion {

  JettyBefore12Version() {
    super("io.endomesh.contracts.jettyclient.before12.JettyBefore12");
  }
}
