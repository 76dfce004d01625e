package io.endomesh.controller.backup;

import io.endomesh.controller.ca.SecretFile;
import io.endomesh.controller.ca.SecretStore;
import io.endomesh.controller.store.Item;
import io.endomesh.controller.tokens.AdminToken;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The secrets that lie beside the store in a data directory. Stateless. */
public final class DataFiles {

  /** Those that are sealed where the directory is. */
  public static final List<String> SECRETS =
      List.of(
          "root.pem",
          "next.pem",
          "issuer.pem",
          "trail-key.pem",
          "rotation.json",
          AdminToken.FILE_NAME);

  /** The data key, wrapped by the key that the directory is opened with. */
  public static final String SEAL = "seal.json";

  private static final List<String> ALL;

  static {
    List<String> all = new ArrayList<>(SECRETS);
    all.add(SEAL);
    ALL = List.copyOf(all);
  }

  private DataFiles() {}

  static boolean isOne(String name) {
    return ALL.contains(name);
  }

  /** Those that are there, as they lie there. */
  public static List<Item.Secret> read(Path directory) throws IOException {
    List<Item.Secret> found = new ArrayList<>();
    for (String name : ALL) {
      try {
        found.add(new Item.Secret(name, SecretFile.readAsIs(directory.resolve(name))));
      } catch (NoSuchFileException e) {
        // A controller that brought its authority has no root here; few rotate right now.
      }
    }
    return found;
  }

  /** The same, where they are kept in etcd. */
  static List<Item.Secret> read(SecretStore store) throws IOException {
    List<Item.Secret> found = new ArrayList<>();
    for (String name : ALL) {
      String content = store.read(name);
      if (content != null) {
        found.add(new Item.Secret(name, content));
      }
    }
    return found;
  }
}
