package io.endomesh.controller.cli;

import io.endomesh.controller.backup.DataFiles;
import io.endomesh.controller.ca.SecretFile;
import io.endomesh.controller.seal.KeySource;
import io.endomesh.controller.seal.Seal;
import io.endomesh.controller.seal.SealedDirectory;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.SqliteResourceStore;
import io.endomesh.controller.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "seal",
    mixinStandardHelpOptions = true,
    description = {
      "Seals the secrets of a data directory that holds them in clear, while no controller runs.",
      "From then on a controller starts there only with the same key. What was interrupted is"
          + " finished by another run.",
      "With a new key, all is sealed anew by that; the old one opens nothing any more."
    },
    footer = {
      "",
      "  openssl rand -base64 32 > /run/keys/endomesh",
      "  endomesh controller seal --seal-key-file /run/keys/endomesh",
      "  endomesh controller --seal-key-file /run/keys/endomesh",
      "",
      "  endomesh controller seal --seal-key-file /run/keys/endomesh --new-seal-key-file"
          + " /run/keys/next"
    })
final class SealCommand implements Callable<Integer> {

  /** Secrets that are facts of the store. Tokens are there as digests only. */
  private static final String USERS = "user/";

  @Spec private CommandSpec spec;
  @Mixin private DataDirectory directory = new DataDirectory();

  @Option(
      names = "--new-seal-key-file",
      paramLabel = "FILE",
      description = "key in the place of the present one")
  private @Nullable Path newKeyFile;

  @Option(
      names = "--new-seal-command",
      paramLabel = "COMMAND",
      description = "program in the place of the present key or program")
  private @Nullable String newCommand;

  @Override
  public Integer call() {
    Path data = directory.path();
    KeySource present = directory.requireKey();
    KeySource next = DataDirectory.source("new-seal-", newKeyFile, newCommand);
    if (present.equals(next)) {
      throw new CommandFailed(Exit.USAGE, "the new key is the present one (expected: another)");
    }
    try {
      String told = seal(data, present, next);
      // When the store is closed it is on the disk, too; until then the old key may be needed.
      SealedDirectory.finish(data, SecretFile::writeAsIs);
      spec.commandLine().getOut().println(told);
      return Exit.OK.code();
    } catch (IOException | StoreException e) {
      throw new CommandFailed(Exit.FAILED, "not sealed: " + e.getMessage());
    }
  }

  private static Seal key(Path data, KeySource present, @Nullable KeySource next)
      throws IOException {
    if (next == null) {
      return SealedDirectory.begin(data, present, SecretFile::writeAsIs);
    }
    if (!SealedDirectory.isSealed(data)) {
      throw new IOException(data + " is not sealed (expected: a key to change)");
    }
    return SealedDirectory.change(data, present, next, SecretFile::writeAsIs);
  }

  private static String seal(Path data, KeySource present, @Nullable KeySource next)
      throws IOException, StoreException {
    // Opened first: it is this process's alone then, and no controller is running.
    try (SqliteResourceStore store = open(data)) {
      Seal seal = key(data, present, next);
      int sealed = 0;
      for (String name : DataFiles.SECRETS) {
        sealed += sealFile(data.resolve(name), seal);
      }
      Map<String, String> users = new TreeMap<>();
      for (Map.Entry<String, String> user : store.facts(USERS).entrySet()) {
        String renewed = seal.renewed(user.getKey(), user.getValue());
        if (!renewed.equals(user.getValue())) {
          users.put(user.getKey(), renewed);
        }
      }
      store.replaceFacts(users, Actor.CONTROLLER.did("seal", data.toString()));
      return String.format(
          "%s is sealed%s: %d files, %d users",
          data, next == null ? "" : " by the new key", sealed, users.size());
    }
  }

  private static SqliteResourceStore open(Path data) throws IOException {
    if (!Files.exists(data.resolve("endomesh.db"))) {
      throw new IOException(
          data
              + " holds no controller's data (expected: a directory that one has run in; a new one"
              + " is sealed from its first start)");
    }
    return SqliteResourceStore.open(data, Clock.systemUTC());
  }

  private static int sealFile(Path file, Seal seal) throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    String content = Files.readString(file);
    String renewed = seal.renewed(String.valueOf(file.getFileName()), content);
    if (renewed.equals(content)) {
      return 0;
    }
    SecretFile.writeAsIs(file, renewed);
    return 1;
  }
}
