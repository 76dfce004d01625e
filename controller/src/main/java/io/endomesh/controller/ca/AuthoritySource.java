package io.endomesh.controller.ca;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which certificate authority a controller has. Immutable. */
public sealed interface AuthoritySource {

  /** Made on the first start, and kept in the data directory. */
  record SelfMade() implements AuthoritySource {}

  /**
   * Brought, as PEM.
   *
   * @param certificate the one that signs; others of its chain may follow
   * @param key of that certificate
   * @param chain between it and the root, and the roots that hold; null if that is in the first
   */
  record PemFiles(Path certificate, Path key, @Nullable Path chain) implements AuthoritySource {}

  /**
   * Brought, as PKCS #12: one key with its chain, and perhaps other roots that hold.
   *
   * @param password file of one line
   */
  record KeyStoreFile(Path store, Path password) implements AuthoritySource {}

  /**
   * Brought, in a token that does not give its key out, such as a hardware security module.
   *
   * @param configuration of the JDK's provider SunPKCS11
   * @param alias of the key; null if the token has one
   * @param pin file of one line
   * @param chain certificates that are not in the token; null if all are
   */
  record TokenKey(Path configuration, @Nullable String alias, Path pin, @Nullable Path chain)
      implements AuthoritySource {}

  /**
   * Elsewhere: a program is run for each certificate. It reads a request and writes a chain, both
   * in PEM.
   *
   * @param roots that hold; the certificates in it by which one vouches for another count as well
   */
  record Command(List<String> command, Path roots) implements AuthoritySource {

    public Command {
      command = List.copyOf(command);
    }

    /** Words are parted by white space; no shell reads them. */
    public static Command of(String line, Path roots) {
      List<String> words = List.of(line.strip().split("\\s+"));
      if (words.get(0).isEmpty()) {
        throw new IllegalArgumentException("ca-command: '' (expected: a program)");
      }
      return new Command(words, roots);
    }
  }
}
