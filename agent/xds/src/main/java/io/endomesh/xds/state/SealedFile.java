package io.endomesh.xds.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file that is either whole or not believed: a line that names its format, the SHA-256 of the
 * content, the content. It is replaced by renaming, so that a crash or a full disk leaves the old
 * one. Only its owner can read it. Not thread-safe; several processes may write the same file, the
 * last one wins.
 */
final class SealedFile {

  private static final int DIGEST_BYTES = 32;

  private final Path path;
  private final byte[] header;

  /**
   * @param format grows when the content is laid out differently; other formats are not read
   */
  SealedFile(Path path, String format) {
    this.path = path;
    this.header = ("endomesh " + format + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Its content, or null if there is no such file.
   *
   * @throws IOException if it cannot be read or is not whole; the message says which
   */
  byte @Nullable [] read() throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(path);
    } catch (NoSuchFileException absent) {
      return null;
    }
    int start = header.length + DIGEST_BYTES;
    if (bytes.length < header.length
        || !Arrays.equals(bytes, 0, header.length, header, 0, header.length)) {
      throw new IOException(path + " is of another format (expected: " + text(header) + ")");
    }
    if (bytes.length < start) {
      throw new IOException(path + " is cut short");
    }
    byte[] content = Arrays.copyOfRange(bytes, start, bytes.length);
    if (!MessageDigest.isEqual(digest(content), Arrays.copyOfRange(bytes, header.length, start))) {
      throw new IOException(path + " is damaged: its checksum does not fit");
    }
    return content;
  }

  void write(byte[] content) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    Files.createDirectories(directory, ownerOnly("rwx------"));
    Path fresh =
        Files.createTempFile(directory, path.getFileName() + ".", ".new", ownerOnly("rw-------"));
    try {
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        writeFully(channel, header);
        writeFully(channel, digest(content));
        writeFully(channel, content);
        // Renamed before its bytes are on disk, a crash of the machine would leave an empty file.
        channel.force(true);
      }
      replace(fresh);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private void replace(Path fresh) throws IOException {
    try {
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(fresh, path, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void writeFully(FileChannel channel, byte[] bytes) throws IOException {
    for (ByteBuffer buffer = ByteBuffer.wrap(bytes); buffer.hasRemaining(); ) {
      channel.write(buffer);
    }
  }

  /** Set as the file is made: set afterwards, another user could open it in between. */
  private static FileAttribute<?>[] ownerOnly(String permissions) {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(
              Set.copyOf(PosixFilePermissions.fromString(permissions)))
        }
        // Windows: files in the user's profile inherit an access list of that user.
        : new FileAttribute<?>[0];
  }

  private static byte[] digest(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String text(byte[] header) {
    return new String(header, StandardCharsets.US_ASCII).strip();
  }
}
