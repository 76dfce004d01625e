package io.endomesh.xds.ads;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.endomesh.dataplane.AgentThread;
import io.endomesh.dataplane.Discovery;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.route.VirtualHost;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers for hosts that are not in the snapshot: asks the controller once a host, waits for the
 * first answer if one can come, and remembers that a host is not in the mesh. The subscription
 * outlives the answer, so that a service which appears later is learnt without asking again.
 * Thread-safe: {@link #lookup} is called by the application's threads.
 */
public final class HostDiscovery implements Discovery {

  /**
   * Hosts outside the mesh that are remembered. Each is a subscription at the controller and about
   * 200 bytes here; a program that calls more hosts (a crawler) asks anew for the rarest.
   */
  private static final int MAX_HOSTS = 2_048;

  /** A host that nobody called for so long is forgotten, and its subscription ended. */
  private static final Duration FORGET_AFTER = Duration.ofHours(1);

  private final Mesh mesh;
  private final LongSupplier nanoTime;
  private final long timeoutNanos;

  /** End of the time after start in which a first connection is waited for. */
  private final long windowEndNanos;

  private final Consumer<String> subscribe;
  private final Cache<String, Question> questions;

  private volatile Reach reach = Reach.STARTING;
  private volatile boolean asksForAddresses;

  private enum Reach {
    STARTING,
    CONNECTED,
    UNREACHABLE
  }

  /** One host, asked for once. Settled: there is an answer, or none is waited for any more. */
  private record Question(CountDownLatch settled, long deadlineNanos) {}

  /**
   * @param subscribe called once a host, must not block
   * @param unsubscribe called when a host is forgotten
   */
  public HostDiscovery(
      Mesh mesh,
      LongSupplier nanoTime,
      long windowNanos,
      long timeoutNanos,
      Executor executor,
      Consumer<String> subscribe,
      Consumer<String> unsubscribe) {
    this.mesh = mesh;
    this.nanoTime = nanoTime;
    this.timeoutNanos = timeoutNanos;
    this.windowEndNanos = nanoTime.getAsLong() + windowNanos;
    this.subscribe = subscribe;
    this.questions =
        Caffeine.newBuilder()
            .maximumSize(MAX_HOSTS)
            .expireAfterAccess(FORGET_AFTER)
            .ticker(nanoTime::getAsLong)
            // Not the common pool: that one is the application's.
            .executor(executor)
            .removalListener(
                (@Nullable String host, @Nullable Question question, RemovalCause cause) -> {
                  if (host != null && cause.wasEvicted()) {
                    unsubscribe.accept(host);
                  }
                })
            .build();
  }

  @Override
  public @Nullable VirtualHost lookup(String authority) {
    if (Thread.currentThread() instanceof AgentThread || isNeverAsked(authority)) {
      return null;
    }
    Question question = questions.getIfPresent(authority);
    await(question == null ? ask(authority) : question);
    return mesh.snapshot().hosts().get(authority);
  }

  /** The controller answered, and so did not know better, or did: the snapshot tells. */
  public void answered(String authority) {
    Question question = questions.getIfPresent(authority);
    if (question != null) {
      question.settled().countDown();
    }
  }

  /** The controller does not know this host: remembered, so that no call waits for it again. */
  public void unknown(String authority) {
    questions.get(authority, host -> settled()).settled().countDown();
  }

  /** Published: whoever waits for one of these hosts finds it in the snapshot. */
  public void published(Iterable<String> authorities) {
    authorities.forEach(this::answered);
  }

  public void connected() {
    reach = Reach.CONNECTED;
  }

  /** From now on no call waits; those that do are let go. */
  public void unreachable() {
    reach = Reach.UNREACHABLE;
    questions.asMap().values().forEach(question -> question.settled().countDown());
  }

  /** Stored before the controller is asked, so that its answer finds who waits for it. */
  private Question ask(String authority) {
    Question question = question();
    Question asked = questions.asMap().putIfAbsent(authority, question);
    if (asked != null) {
      return asked;
    }
    subscribe.accept(authority);
    if (reach == Reach.UNREACHABLE) {
      // It may have become so after the question was made and before it was stored.
      question.settled().countDown();
    }
    return question;
  }

  private Question question() {
    long now = nanoTime.getAsLong();
    return switch (reach) {
      case CONNECTED -> new Question(new CountDownLatch(1), now + timeoutNanos);
      case STARTING ->
          // The wait for the answer begins when there is a connection, the window's end at latest.
          windowEndNanos - now <= 0
              ? settled()
              : new Question(new CountDownLatch(1), windowEndNanos + timeoutNanos);
      case UNREACHABLE -> settled();
    };
  }

  private Question settled() {
    return new Question(new CountDownLatch(0), nanoTime.getAsLong());
  }

  private void await(Question question) {
    long left = question.deadlineNanos() - nanoTime.getAsLong();
    if (question.settled().getCount() == 0 || left <= 0) {
      return;
    }
    try {
      if (!question.settled().await(left, TimeUnit.NANOSECONDS)) {
        question.settled().countDown();
      }
    } catch (InterruptedException e) {
      // The application's interrupt: its own code is to see it.
      Thread.currentThread().interrupt();
    }
  }

  /** Whether addresses are asked for as names are: some may not be called. */
  public void asksForAddresses(boolean asks) {
    asksForAddresses = asks;
  }

  /**
   * This machine is no service, whatever may be called. Nor are addresses, while all may be: asking
   * would only tell the controller about them.
   */
  private boolean isNeverAsked(String authority) {
    String host = host(authority);
    if (host.isEmpty() || host.equals("localhost") || host.endsWith(".localhost")) {
      return true;
    }
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
    return address != null && (!asksForAddresses || isLoopback(address));
  }

  /** RFC 1122, section 3.2.1.3, and RFC 4291, section 2.5.3. */
  private static boolean isLoopback(byte[] address) {
    try {
      return InetAddress.getByAddress(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static String host(String authority) {
    if (authority.startsWith("[")) {
      int end = authority.indexOf(']');
      return end < 0 ? authority : authority.substring(1, end);
    }
    int colon = authority.indexOf(':');
    // Two colons and no brackets: an IPv6 address that somebody wrote bare.
    return colon < 0 || colon != authority.lastIndexOf(':')
        ? authority
        : authority.substring(0, colon);
  }
}
