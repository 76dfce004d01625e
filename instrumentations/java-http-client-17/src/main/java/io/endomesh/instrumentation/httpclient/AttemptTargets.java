package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.Attempt;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the attempts under way connect to, by the URI object of each: it is the one thing that
 * comes unchanged through the JDK's copy of a request. Thread-safe.
 */
final class AttemptTargets {

  private static final ConcurrentMap<Key, Target> TARGETS = new ConcurrentHashMap<>();

  private AttemptTargets() {}

  /**
   * @param address of the endpoint
   * @param asWritten the application's URI
   */
  record Target(Attempt attempt, InetSocketAddress address, URI asWritten) {}

  static void put(URI attempt, Target target) {
    TARGETS.put(new Key(attempt), target);
  }

  static void remove(URI attempt) {
    TARGETS.remove(new Key(attempt));
  }

  /** Null if the URI is not an attempt's. */
  static @Nullable Target get(URI uri) {
    return TARGETS.get(new Key(uri));
  }

  static int underWay() {
    return TARGETS.size();
  }

  /**
   * The address with a host string of the client's need. HTTP/2 connections are pooled by host
   * string: with the service's name there, all endpoints of one port would share one connection, so
   * it is the IP address in text form. Only where the application's own TLS goes on below, which
   * checks the name, it is the name.
   */
  static InetSocketAddress named(InetSocketAddress endpoint, @Nullable String host) {
    InetAddress address = endpoint.getAddress();
    try {
      String name = host == null ? address.getHostAddress() : host;
      return new InetSocketAddress(
          InetAddress.getByAddress(name, address.getAddress()), endpoint.getPort());
    } catch (UnknownHostException impossible) {
      throw new IllegalArgumentException("endpoint: " + endpoint + " (expected: resolved)");
    }
  }

  /** Compares by identity: two calls may go to equal URIs and different endpoints. */
  private static final class Key {
    private final URI uri;

    Key(URI uri) {
      this.uri = uri;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(uri);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && key.uri == uri;
    }
  }
}
