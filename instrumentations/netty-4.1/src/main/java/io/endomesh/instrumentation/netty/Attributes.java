package io.endomesh.instrumentation.netty;

/**
 * Names of attributes of a connection's channel, by which the parts find each other's: each part is
 * loaded by a class loader of its own. Their values are of the JDK, of the agent, or of this
 * package, if nothing else is said.
 */
public final class Attributes {

  /** The engine of a connection that the mesh's TLS is on: {@code javax.net.ssl.SSLEngine}. */
  public static final String TLS = "io.endomesh.tls";

  /** Who is at its other end: {@code Peer}. */
  public static final String PEER = "io.endomesh.peer";

  /**
   * Of the same connections: to be run when the answer of a stream has ended that was to be the
   * last, a {@code Runnable}.
   */
  public static final String ENDS = "io.endomesh.ends";

  /** How who routes its requests reads a path: {@link PathReading}s, an array of them. */
  public static final String READINGS = "io.endomesh.readings";

  /**
   * The call of the request that asked for HTTP/2, which comes again as the first stream: an {@code
   * InboundCall}.
   */
  public static final String UPGRADED = "io.endomesh.upgraded";

  /** The same for whoever makes requests of the stream by a codec of Netty; its value is theirs. */
  public static final String UPGRADING = "io.endomesh.upgrading";

  private Attributes() {}
}
