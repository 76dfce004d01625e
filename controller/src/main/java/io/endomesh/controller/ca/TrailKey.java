package io.endomesh.controller.ca;

import io.endomesh.dataplane.trail.TrailTokens;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.jspecify.annotations.Nullable;

/**
 * The key that signs the tokens by which trails are asked for. It is no authority's: it can sign no
 * certificate, and an authority's key may be where nothing else can be signed. Immutable.
 */
final class TrailKey {

  private final KeyPair pair;

  private TrailKey(KeyPair pair) {
    this.pair = pair;
  }

  /** Reads the key of the file, or makes one there. */
  static TrailKey open(Path file) throws IOException {
    if (!SecretFile.exists(file)) {
      KeyPair pair = Signing.newKeyPair();
      SecretFile.write(
          file,
          PemFile.text(new JcaPKCS8Generator(pair.getPrivate(), null))
              + PemFile.text(pair.getPublic()));
      return new TrailKey(pair);
    }
    try {
      PemFile pem = PemFile.ofSecret(file);
      if (pem.keys().size() == 1 && pem.publicKeys().size() == 1) {
        return new TrailKey(new KeyPair(pem.publicKeys().get(0), pem.keys().get(0)));
      }
    } catch (PemFile.Unreadable e) {
      throw unreadable(file, e);
    }
    throw unreadable(file, null);
  }

  private static IOException unreadable(Path file, @Nullable Exception cause) {
    return new IOException(
        file
            + ": no private and public key in PEM in it. Restore the file from a backup, or delete"
            + " it: then a new key is made, and trail tokens given out before are worthless",
        cause);
  }

  String publicPem() {
    return PemFile.text(pair.getPublic());
  }

  /** See {@link TrailTokens#issue}. */
  String token(Instant now, Duration good) {
    try {
      return TrailTokens.issue(pair.getPrivate(), now, good);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot sign a trail token", e);
    }
  }
}
