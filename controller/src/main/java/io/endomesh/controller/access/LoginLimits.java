package io.endomesh.controller.access;

import io.endomesh.dataplane.limit.CellRate;
import io.endomesh.dataplane.limit.Rate;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How often somebody may try a password: by where they come from, and by whom they say they are.
 * Bounded in memory: who shares a bucket by chance shares its rate. Thread-safe.
 */
final class LoginLimits {

  /** Far more than people mistype, far less than guessing needs. */
  private static final Rate RATE = new Rate(10, TimeUnit.MINUTES.toNanos(1), 10);

  private static final int BUCKETS = 4096;

  /** Of an IPv6 address the part that its network gave it; the rest its holder chooses. */
  private static final int NETWORK_BYTES = 8;

  private final LongSupplier nanoTime;
  private final CellRate addresses;
  private final CellRate users;

  /** Nobody outside can tell who shares a bucket with whom. */
  private final int seed = new SecureRandom().nextInt();

  LoginLimits(LongSupplier nanoTime) {
    this(RATE, nanoTime);
  }

  LoginLimits(Rate rate, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.addresses = new CellRate(rate, BUCKETS, nanoTime.getAsLong());
    this.users = new CellRate(rate, BUCKETS, nanoTime.getAsLong());
  }

  /** For what nobody's password is tried by. */
  boolean allows(InetAddress address) {
    return addresses.take(bucket(Arrays.hashCode(network(address))), nanoTime.getAsLong()) == 0;
  }

  /** 0 if a password may be tried; else the seconds until then, one at least. */
  long take(InetAddress address, String user) {
    long now = nanoTime.getAsLong();
    long wait = addresses.take(bucket(Arrays.hashCode(network(address))), now);
    if (wait == 0) {
      wait = users.take(bucket(user.hashCode()), now);
    }
    return wait == 0 ? 0 : TimeUnit.NANOSECONDS.toSeconds(wait) + 1;
  }

  private int bucket(int hash) {
    int mixed = (hash ^ seed) * 0x9e3779b9; // 2^32 / golden ratio: spreads over the high bits
    return (mixed >>> 16) % BUCKETS;
  }

  private static byte[] network(InetAddress address) {
    byte[] bytes = address.getAddress();
    return address instanceof Inet6Address ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes;
  }
}
