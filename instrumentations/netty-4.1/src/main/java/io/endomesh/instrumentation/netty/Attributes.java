package io.endomesh.instrumentation.netty;

/**
 * Names of attributes of a connection's channel, by which the parts find each other's: each part is
 * loaded by a class loader of its own. Their values are of the JDK, or of this package.
 */
public final class Attributes {

  /** The engine of a connection that the mesh's TLS is on: {@code javax.net.ssl.SSLEngine}. */
  public static final String TLS = "io.endomesh.tls";

  /** How who routes its requests reads a path: {@link PathReading}s, an array of them. */
  public static final String READINGS = "io.endomesh.readings";

  private Attributes() {}
}
