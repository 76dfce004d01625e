package io.endomesh.xds;

import io.endomesh.xds.identity.Credentials;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where the certificates of this workload come from. Used on the control thread. */
interface CertificateSource {

  /** Begins, with what was kept if there is something. */
  void restore();

  /** A connection is about to be made: what to show on it is chosen anew. */
  void connecting();

  /** False if there is nothing to show to the controller yet: it is told when there is. */
  boolean mayConnect();

  /** One was made on which we are known by our certificate. */
  void connected();

  /** It is no more, or was not made. */
  void disconnected(String why);

  /** What the controller is to be shown; null if it is to be shown the token. */
  @Nullable Credentials proof();

  /**
   * The token is not taken: what it replaced is still good.
   *
   * @return false if there is nothing
   */
  boolean keepOutdated();

  /** When the life of the present one began; null if there is none. */
  @Nullable Instant begin();

  /** Why it has not been renewed, though it is due; empty if it is not, or is being renewed. */
  String problem();

  /** The controller does not believe the present one. */
  void forget();

  /**
   * Asks for a first certificate over this connection, with the token.
   *
   * @param failed told why not, on the control thread
   * @param done run on the control thread when there is a new one
   */
  void ask(CertificateOrders.Channel channel, Consumer<String> failed, Runnable done);

  /**
   * Renews though it is not time yet, as the controller asks: at some moment of these.
   *
   * @param done see {@link #ask}
   */
  void renewWithin(long nanos, Runnable done);
}
