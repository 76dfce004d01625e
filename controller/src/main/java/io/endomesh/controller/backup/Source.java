package io.endomesh.controller.backup;

import io.endomesh.controller.etcd.EtcdAddress;
import io.endomesh.controller.etcd.EtcdResourceStore;
import io.endomesh.controller.store.Item;
import io.endomesh.controller.store.ItemSink;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.SqliteResourceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** Has all that a controller had, and tells it. */
public interface Source {

  /**
   * @throws IOException with a sentence; what was told before is to be thrown away then
   */
  void tell(ItemSink sink) throws IOException;

  /** What `endomesh backup` wrote. */
  static Source ofBackup(Path file) {
    return sink -> BackupReader.read(file, sink);
  }

  /** A data directory whose controller does not run. */
  static Source ofDirectory(Path dataDir, Clock clock) {
    return sink -> {
      if (!Files.exists(dataDir.resolve(SqliteResourceStore.FILE_NAME))) {
        throw new IOException(
            dataDir + " holds no controller's data (expected: a directory that one has run in)");
      }
      Restore.requireFinished(dataDir);
      try (SqliteResourceStore store = SqliteResourceStore.open(dataDir, clock);
          ResourceStore.Snapshot now = store.snapshot()) {
        for (Item.Secret secret : DataFiles.read(dataDir)) {
          sink.take(secret);
        }
        now.read(sink);
      }
    };
  }

  /** Etcd, while no controller has it. */
  static Source ofEtcd(EtcdAddress address, String name, Clock clock) {
    return sink -> {
      try (EtcdResourceStore store =
              EtcdResourceStore.open(address, name, /* standBy= */ false, clock);
          ResourceStore.Snapshot now = store.snapshot()) {
        for (Item.Secret secret : DataFiles.read(store)) {
          sink.take(secret);
        }
        now.read(sink);
      }
    };
  }
}
