package io.endomesh.controller.tokens;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.endomesh.controller.ca.SecretFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * The secret of whoever runs the controller: made on the first start, in a file of the data
 * directory that only its owner may read. The command line on the same machine finds it there.
 * Immutable.
 */
public final class AdminToken {

  /** Where it is, in the data directory. */
  public static final String FILE_NAME = "admin-token";

  /** What the token begins with. */
  public static final String PREFIX = "ema_";

  private final byte[] expected;

  private AdminToken(String token) {
    this.expected = token.getBytes(UTF_8);
  }

  public static AdminToken open(Path dataDirectory) throws IOException {
    Path file = dataDirectory.resolve(FILE_NAME);
    if (!SecretFile.exists(file)) {
      SecretFile.write(file, Secrets.secret(PREFIX) + "\n");
    }
    String token = SecretFile.read(file).trim();
    if (token.isEmpty()) {
      throw new IOException(file + ": empty (delete it, and the next start makes a new one)");
    }
    return new AdminToken(token);
  }

  /** In constant time. */
  public boolean matches(String token) {
    return MessageDigest.isEqual(expected, token.getBytes(UTF_8));
  }
}
