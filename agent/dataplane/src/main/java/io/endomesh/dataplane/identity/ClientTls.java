package io.endomesh.dataplane.identity;

import javax.net.ssl.SSLContext;

/**
 * How to connect to one expected identity with one certificate of ours. Compared by identity: two
 * objects never share a connection or a TLS session, so a changed policy or certificate takes
 * effect on the next call.
 */
public final class ClientTls {

  private final String expectedIdentity;
  private final SSLContext context;

  ClientTls(String expectedIdentity, SSLContext context) {
    this.expectedIdentity = expectedIdentity;
    this.context = context;
  }

  /** SPIFFE id that the peer must prove. */
  public String expectedIdentity() {
    return expectedIdentity;
  }

  /** Its trust manager checks the chain and the SPIFFE id; host names are not checked. */
  public SSLContext context() {
    return context;
  }
}
