package io.endomesh.javaagent;

import java.util.SplittableRandom;

/** The unique name of this process in the mesh: {@code orders-7f3a9c02}. Stateless. */
final class InstanceName {

  private InstanceName() {}

  /**
   * 32 bits tell the instances of one service apart. Not a secret, so a SecureRandom, which costs
   * 20 ms in {@code premain}, is not needed; the process id keeps JVMs apart that start in the same
   * instant.
   */
  static String of(String service) {
    long seed =
        System.nanoTime() ^ System.currentTimeMillis() << 20 ^ ProcessHandle.current().pid();
    int bits = new SplittableRandom(seed).nextInt();
    String hex = Integer.toHexString(bits);
    return service + "-" + "0".repeat(8 - hex.length()) + hex;
  }
}
