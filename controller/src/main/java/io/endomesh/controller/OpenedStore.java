package io.endomesh.controller;

import io.endomesh.controller.backup.DataFiles;
import io.endomesh.controller.backup.Restore;
import io.endomesh.controller.ca.SecretFile;
import io.endomesh.controller.etcd.EtcdAddress;
import io.endomesh.controller.etcd.EtcdResourceStore;
import io.endomesh.controller.seal.Seal;
import io.endomesh.controller.seal.SealedDirectory;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.SqliteResourceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The store of a controller, and the seal of its secrets. Immutable.
 *
 * @param seal null: secrets are in clear
 * @param lost done, with a sentence, once another controller has taken over
 */
record OpenedStore(ResourceStore store, @Nullable Seal seal, CompletableFuture<String> lost) {

  /**
   * @throws IOException with a sentence
   */
  static OpenedStore open(ControllerOptions options, Path data, Clock clock) throws IOException {
    Restore.requireFinished(data);
    EtcdAddress etcd = options.etcd();
    return etcd == null ? inDirectory(options, data, clock) : inEtcd(options, etcd, data, clock);
  }

  private static OpenedStore inDirectory(ControllerOptions options, Path data, Clock clock)
      throws IOException {
    Seal seal = SealedDirectory.open(data, options.sealedBy(), SecretFile::writeAsIs).orElse(null);
    if (seal != null) {
      SecretFile.seal(data, seal);
    }
    return new OpenedStore(SqliteResourceStore.open(data, clock), seal, new CompletableFuture<>());
  }

  private static OpenedStore inEtcd(
      ControllerOptions options, EtcdAddress etcd, Path data, Clock clock) throws IOException {
    if (Files.exists(data.resolve(SqliteResourceStore.FILE_NAME))) {
      throw new IOException(
          data
              + " has a store of its own (expected: a directory without one beside --store;"
              + " `endomesh store migrate` moves it to etcd)");
    }
    if (options.sealedBy() == null) {
      throw new IOException(
          "store: "
              + etcd
              + ": secrets go there sealed only (expected: --seal-key-file or --seal-command)");
    }
    EtcdResourceStore store =
        EtcdResourceStore.open(etcd, processName(), /* standBy= */ true, clock);
    try {
      Path file = data.resolve(DataFiles.SEAL);
      String known = store.read(DataFiles.SEAL);
      if (known == null) {
        Files.deleteIfExists(file);
      } else {
        SecretFile.writeAsIs(file, known);
      }
      Seal seal =
          SealedDirectory.open(
                  data,
                  options.sealedBy(),
                  (written, content) -> {
                    SecretFile.writeAsIs(written, content);
                    store.write(DataFiles.SEAL, content);
                  })
              .orElseThrow();
      SecretFile.keepIn(data, store);
      SecretFile.seal(data, seal);
      return new OpenedStore(store, seal, store.lost());
    } catch (IOException e) {
      store.close();
      throw e;
    }
  }

  /** For people who look who is active. */
  static String processName() {
    String host = System.getenv("HOSTNAME");
    return (host == null ? "controller" : host) + "/" + ProcessHandle.current().pid();
  }
}
