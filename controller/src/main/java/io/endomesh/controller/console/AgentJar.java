package io.endomesh.controller.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent that the controller offers for download. Thread-safe. */
final class AgentJar {

  private static final Logger log = LoggerFactory.getLogger(AgentJar.class);

  /** What people check a download against. */
  record Facts(String version, long bytes, String sha256, FileTime modified) {}

  private final @Nullable Path file;
  private volatile @Nullable Facts facts;

  AgentJar(@Nullable Path file) {
    this.file = file;
  }

  /** Empty if there is no file. */
  Optional<Path> file() {
    return Optional.ofNullable(file).filter(Files::isReadable);
  }

  /** Of the file as it is now: it may be replaced while the controller runs. */
  Optional<Facts> facts() {
    return file().flatMap(this::facts);
  }

  private Optional<Facts> facts(Path jar) {
    try {
      FileTime modified = Files.getLastModifiedTime(jar);
      Facts known = facts;
      if (known == null || !known.modified().equals(modified)) {
        known = new Facts(version(jar), Files.size(jar), sha256(jar), modified);
        facts = known;
      }
      return Optional.of(known);
    } catch (IOException | UncheckedIOException e) {
      log.warn("{}: cannot be offered for download: {}", jar, e.getMessage());
      return Optional.empty();
    }
  }

  private static String version(Path jar) throws IOException {
    try (JarFile open = new JarFile(jar.toFile())) {
      Manifest manifest = open.getManifest();
      String version =
          manifest == null ? null : manifest.getMainAttributes().getValue("Implementation-Version");
      return version == null ? "unknown" : version;
    }
  }

  private static String sha256(Path jar) throws IOException {
    try (InputStream in = Files.newInputStream(jar);
        DigestInputStream digest =
            new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
      digest.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
