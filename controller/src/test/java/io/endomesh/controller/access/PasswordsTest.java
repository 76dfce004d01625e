package io.endomesh.controller.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PasswordsTest {

  private static final String PASSWORD = "a mesh within the JVM";

  private final Passwords passwords = new Passwords();

  @Test
  void hash_twice_isSaltedAndNamesItsParameters() throws Exception {
    String hash = passwords.hash(PASSWORD);

    assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$").doesNotContain(PASSWORD);
    assertThat(passwords.hash(PASSWORD)).isNotEqualTo(hash);
    assertThat(passwords.matches(PASSWORD, hash)).isTrue();
    assertThat(passwords.matches(PASSWORD + "x", hash)).isFalse();
    assertThat(passwords.matches("x".repeat(1 << 16), hash)).isFalse();
  }

  /** Made by the reference implementation: {@code argon2 somesalt -id -t 2 -k 65536 -p 1}. */
  @Test
  void matches_hashOfTheReferenceImplementation_isRead() throws Exception {
    String reference =
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

    assertThat(passwords.matches("password", reference)).isTrue();
  }

  @Test
  void hash_tooShortOrTooLong_isRefused() {
    assertThatThrownBy(() -> passwords.hash("14 characters!"))
        .hasMessageContaining("password: 14 characters (expected: 15 to 256");
    assertThatThrownBy(() -> passwords.hash("x".repeat(257))).hasMessageContaining("257");
  }

  @Test
  void matches_noUser_takesAsLong() throws Exception {
    String hash = passwords.hash(PASSWORD);
    assertThat(passwords.matches(PASSWORD, null)).isFalse();

    // Half: what else the processor does for this thread makes either longer.
    assertThat(median(null)).isGreaterThan(median(hash) / 2);
  }

  private long median(@Nullable String hash) throws Exception {
    // Of this thread: what others do on this machine is no part of it.
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long[] nanos = new long[7];
    for (int i = 0; i < nanos.length; i++) {
      long begin = threads.getCurrentThreadCpuTime();
      passwords.matches("a guess of some length", hash);
      nanos[i] = threads.getCurrentThreadCpuTime() - begin;
    }
    Arrays.sort(nanos);
    return nanos[nanos.length / 2];
  }
}
