package io.endomesh.controller.ca;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.endomesh.controller.seal.Seal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files that only their owner may read. They are replaced whole: a crash or a full disk leaves the
 * old content. Those of a sealed directory are sealed; who reads them knows nothing of it.
 */
public final class SecretFile {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private static final Set<PosixFilePermission> OF_OTHERS =
      PosixFilePermissions.fromString("----w-rw-");

  private static final Set<PosixFilePermission> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  /** Of the data directories that are open in this process and are sealed. */
  private static final Map<Path, Seal> SEALS = new ConcurrentHashMap<>();

  /** Of those whose secrets are kept elsewhere. */
  private static final Map<Path, SecretStore> STORES = new ConcurrentHashMap<>();

  private SecretFile() {}

  /** From now on what would be files of a directory is in a store. */
  public static void keepIn(Path directory, SecretStore store) {
    STORES.put(normal(directory), store);
  }

  /** From now on the files of a directory are sealed when written, and unsealed when read. */
  public static void seal(Path directory, Seal seal) {
    SEALS.put(normal(directory), seal);
  }

  /** The end of {@link #seal(Path, Seal)} and {@link #keepIn}. */
  public static void forgetSeal(Path directory) {
    SEALS.remove(normal(directory));
    STORES.remove(normal(directory));
  }

  /** What {@link #write} wrote. */
  public static String read(Path file) throws IOException {
    String content = readAsIs(file);
    Seal seal = SEALS.get(parent(file));
    if (seal != null) {
      return seal.open(name(file), content);
    }
    if (Seal.isSealed(content)) {
      throw new IOException(file + ": is sealed (expected: the key of its directory)");
    }
    return content;
  }

  /**
   * As it lies there, perhaps sealed.
   *
   * @throws NoSuchFileException if there is none
   */
  public static String readAsIs(Path file) throws IOException {
    SecretStore store = STORES.get(parent(file));
    if (store == null) {
      return Files.readString(file);
    }
    String content = store.read(name(file));
    if (content == null) {
      throw new NoSuchFileException(file.toString());
    }
    return content;
  }

  public static boolean exists(Path file) throws IOException {
    SecretStore store = STORES.get(parent(file));
    return store == null ? Files.exists(file) : store.read(name(file)) != null;
  }

  public static void delete(Path file) throws IOException {
    SecretStore store = STORES.get(parent(file));
    if (store == null) {
      Files.deleteIfExists(file);
    } else {
      store.write(name(file), null);
    }
  }

  /**
   * What somebody else wrote, outside of a data directory.
   *
   * @param option that names it
   * @throws IOException with a sentence; also if others than its owner and group may read it
   */
  public static String brought(String option, Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw Brought.wrong(
          option, file, "no such file, or none that can be read", "a file of one line");
    }
    if (Files.getFileStore(file).supportsFileAttributeView(PosixFileAttributeView.class)
        && !Collections.disjoint(Files.getPosixFilePermissions(file), OF_OTHERS)) {
      throw Brought.wrong(
          option,
          file,
          PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
              + ", others may read or change it",
          "0600, or 0440 for a secret that is mounted");
    }
    return read(file);
  }

  public static void write(Path file, String content) throws IOException {
    Seal seal = SEALS.get(parent(file));
    writeAsIs(file, seal == null ? content : seal.seal(name(file), content));
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static Path parent(Path file) {
    return normal(file.resolveSibling(""));
  }

  private static Path normal(Path directory) {
    return directory.toAbsolutePath().normalize();
  }

  /** For what must be read before there is a seal. */
  public static void writeAsIs(Path file, String content) throws IOException {
    SecretStore store = STORES.get(parent(file));
    if (store != null) {
      store.write(name(file), content);
      return;
    }
    Path parent = file.toAbsolutePath().normalize().getParent();
    if (parent == null) {
      throw new IOException(file + ": not a file in a directory");
    }
    if (!Files.isDirectory(parent)) {
      Files.createDirectories(parent, permissions(OWNER_ONLY_DIRECTORY));
    }
    Path fresh = Files.createTempFile(parent, file.getFileName().toString(), ".new");
    try {
      // Created anew with its permissions: there is no moment at which others could open it.
      Files.delete(fresh);
      try (FileChannel channel =
          FileChannel.open(fresh, Set.of(CREATE_NEW, WRITE), permissions(OWNER_ONLY))) {
        ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(fresh, file, ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** To a new file, as it is. */
  public static void copy(InputStream from, Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, Set.of(CREATE_NEW, WRITE), permissions(OWNER_ONLY))) {
      from.transferTo(Channels.newOutputStream(channel));
      channel.force(true);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(file + ": exists (expected: a new file)", e);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": no such directory (expected: one that exists)", e);
    }
  }

  private static FileAttribute<?>[] permissions(Set<PosixFilePermission> permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }
}
