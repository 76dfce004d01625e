package io.endomesh.controller.cli;

import io.endomesh.controller.ca.SecretFile;
import io.endomesh.controller.seal.Seal;
import io.endomesh.controller.seal.SealedDirectory;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.SqliteResourceStore;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.tokens.AdminToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "seal",
    mixinStandardHelpOptions = true,
    description = {
      "Seals the secrets of a data directory that holds them in clear, while no controller runs.",
      "From then on a controller starts there only with the same key. What was interrupted is"
          + " finished by another run."
    },
    footer = {
      "",
      "  openssl rand -base64 32 > /run/keys/endomesh",
      "  endomesh controller seal --seal-key-file /run/keys/endomesh",
      "  endomesh controller --seal-key-file /run/keys/endomesh"
    })
final class SealCommand implements Callable<Integer> {

  /** Secrets that are files. */
  private static final List<String> FILES =
      List.of(
          "root.pem",
          "next.pem",
          "issuer.pem",
          "trail-key.pem",
          "rotation.json",
          AdminToken.FILE_NAME);

  /** Secrets that are facts of the store. Tokens are there as digests only. */
  private static final String USERS = "user/";

  @Spec private CommandSpec spec;
  @Mixin private DataDirectory directory = new DataDirectory();

  @Override
  public Integer call() {
    Path data = directory.path();
    // Opened first: it is this process's alone then, and no controller is running.
    try (SqliteResourceStore store = open(data)) {
      Seal seal = SealedDirectory.begin(data, directory.requireKey(), SecretFile::writeAsIs);
      int sealed = 0;
      for (String name : FILES) {
        sealed += sealFile(data.resolve(name), seal);
      }
      Map<String, String> users = new TreeMap<>();
      store
          .facts(USERS)
          .forEach(
              (name, fact) -> {
                if (!Seal.isSealed(fact)) {
                  users.put(name, seal.seal(name, fact));
                }
              });
      store.replaceFacts(users, Actor.CONTROLLER.did("seal", data.toString()));
      spec.commandLine()
          .getOut()
          .printf("%s is sealed: %d files, %d users%n", data, sealed, users.size());
      return Exit.OK.code();
    } catch (IOException | StoreException e) {
      throw new CommandFailed(Exit.FAILED, "not sealed: " + e.getMessage());
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
    if (Seal.isSealed(content)) {
      return 0;
    }
    SecretFile.writeAsIs(file, seal.seal(String.valueOf(file.getFileName()), content));
    return 1;
  }
}
