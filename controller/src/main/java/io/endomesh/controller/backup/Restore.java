package io.endomesh.controller.backup;

import io.endomesh.controller.ca.SecretFile;
import io.endomesh.controller.etcd.EtcdAddress;
import io.endomesh.controller.etcd.EtcdFiller;
import io.endomesh.controller.store.Item;
import io.endomesh.controller.store.SqliteFiller;
import io.endomesh.controller.store.SqliteResourceStore;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the data of a controller from what another had, or from a backup. All of it is read and
 * found good before anything that is there is touched. Stateless.
 */
public final class Restore {

  private static final String STAGE = "restore";

  /** There while files are moved, so that no controller starts with half of them. */
  private static final String UNFINISHED = "restore-unfinished";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private Restore() {}

  /**
   * What was done.
   *
   * @param replaced where the data is that was there; null if there was none
   */
  public record Done(Tally.Counts counts, boolean sealed, @Nullable Path replaced) {}

  /**
   * @param force whether data that is there is replaced; it is kept beside
   * @throws IOException with a sentence
   */
  public static Done into(Source from, Path dataDir, boolean force, Clock clock)
      throws IOException {
    List<Path> present = present(dataDir);
    if (!present.isEmpty() && !force) {
      throw new IOException(
          dataDir
              + " holds a controller's data (expected: an empty directory, or --force to replace"
              + " it)");
    }
    if (SqliteResourceStore.isInUse(dataDir)) {
      throw new IOException(
          dataDir + " is in use by a controller (expected: none that runs; nothing was changed)");
    }
    Files.createDirectories(dataDir);
    Path stage = dataDir.resolve(STAGE);
    remove(stage);
    try {
      Tally tally = stage(from, stage);
      Path replaced = present.isEmpty() ? null : dataDir.resolve("replaced-" + time(clock));
      exchange(dataDir, stage, present, replaced);
      return new Done(tally.counts(), tally.isSealed(), replaced);
    } finally {
      remove(stage);
    }
  }

  /**
   * Makes the store of controllers in etcd, where there is none.
   *
   * @param name of this process, for people
   * @throws IOException with a sentence
   */
  public static Done into(Source from, EtcdAddress to, String name) throws IOException {
    try (EtcdFiller store = EtcdFiller.in(to, name)) {
      Tally tally = new Tally(store);
      from.tell(tally);
      if (!tally.isSealed()) {
        throw new IOException(
            "its secrets are in clear, and etcd takes sealed ones only (expected: `endomesh"
                + " controller seal` on the data directory first)");
      }
      store.finish();
      return new Done(tally.counts(), /* sealed= */ true, null);
    }
  }

  /**
   * @throws IOException with a sentence, if a restore was interrupted while it moved files
   */
  public static void requireFinished(Path dataDir) throws IOException {
    if (Files.exists(dataDir.resolve(UNFINISHED))) {
      throw new IOException(
          dataDir
              + " was being restored when that was interrupted (expected: `endomesh restore"
              + " --force` once more)");
    }
  }

  private static String time(Clock clock) {
    return TIME.format(clock.instant());
  }

  /** What a controller would read, or would be misled by. */
  private static List<Path> present(Path dataDir) throws IOException {
    List<Path> present = new ArrayList<>();
    if (!Files.isDirectory(dataDir)) {
      return present;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(dataDir)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (DataFiles.isOne(name) || name.startsWith(SqliteResourceStore.FILE_NAME)) {
          present.add(entry);
        }
      }
    }
    return present;
  }

  private static Tally stage(Source from, Path stage) throws IOException {
    // Makes the directory, for its owner alone.
    SecretFile.writeAsIs(stage.resolve(UNFINISHED), "");
    Files.delete(stage.resolve(UNFINISHED));
    try (SqliteFiller store = SqliteFiller.in(stage)) {
      Tally tally =
          new Tally(
              item -> {
                if (item instanceof Item.Secret secret) {
                  SecretFile.writeAsIs(stage.resolve(secret.name()), secret.content());
                } else {
                  store.take(item);
                }
              });
      from.tell(tally);
      store.finish();
      return tally;
    }
  }

  private static void exchange(
      Path dataDir, Path stage, List<Path> present, @Nullable Path replaced) throws IOException {
    Path unfinished = dataDir.resolve(UNFINISHED);
    SecretFile.writeAsIs(unfinished, "");
    if (replaced != null) {
      SecretFile.writeAsIs(replaced.resolve(UNFINISHED), "");
      Files.delete(replaced.resolve(UNFINISHED));
      for (Path old : present) {
        Files.move(old, replaced.resolve(old.getFileName()), StandardCopyOption.ATOMIC_MOVE);
      }
    }
    for (Path fresh : list(stage)) {
      Files.move(fresh, dataDir.resolve(fresh.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }
    Files.delete(unfinished);
  }

  private static List<Path> list(Path directory) throws IOException {
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(all::add);
    }
    return all;
  }

  private static void remove(Path stage) throws IOException {
    if (Files.isDirectory(stage)) {
      for (Path file : list(stage)) {
        Files.delete(file);
      }
      Files.delete(stage);
    }
  }
}
