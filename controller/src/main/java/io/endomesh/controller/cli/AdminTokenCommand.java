package io.endomesh.controller.cli;

import io.endomesh.controller.backup.DataFiles;
import io.endomesh.controller.ca.SecretFile;
import io.endomesh.controller.etcd.EtcdAddress;
import io.endomesh.controller.etcd.EtcdResourceStore;
import io.endomesh.controller.seal.Seal;
import io.endomesh.controller.seal.SealedDirectory;
import io.endomesh.controller.tokens.AdminToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "admin-token",
    mixinStandardHelpOptions = true,
    description = "Prints the admin token of a data directory, also of one that is sealed.",
    footer = {
      "",
      "  endomesh dashboard --token-file <(endomesh controller admin-token --seal-key-file KEY)"
    })
final class AdminTokenCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private DataDirectory directory = new DataDirectory();

  @Option(
      names = "--store",
      paramLabel = "URL",
      description = "etcd://HOST[:PORT][,HOST[:PORT]…][/PREFIX], in the place of a directory")
  private @Nullable String store;

  @Mixin private StoreOptions etcd = new StoreOptions();

  @Override
  public Integer call() {
    EtcdAddress address = etcd.addressOrNull(store);
    try {
      if (address != null) {
        spec.commandLine().getOut().println(inEtcd(address));
        return Exit.OK.code();
      }
    } catch (IOException e) {
      throw new CommandFailed(Exit.FAILED, "no admin token: " + e.getMessage());
    }
    Path data = directory.path();
    try {
      if (SealedDirectory.isSealed(data)) {
        SecretFile.seal(
            data, SealedDirectory.begin(data, directory.requireKey(), SecretFile::writeAsIs));
      }
      String token = SecretFile.read(data.resolve(AdminToken.FILE_NAME)).trim();
      spec.commandLine().getOut().println(token);
      return Exit.OK.code();
    } catch (IOException e) {
      throw new CommandFailed(Exit.FAILED, "no admin token: " + e.getMessage());
    } finally {
      SecretFile.forgetSeal(data);
    }
  }

  private String inEtcd(EtcdAddress address) throws IOException {
    Path wrapped = Files.createTempDirectory("endomesh-seal");
    try {
      SecretFile.writeAsIs(
          wrapped.resolve(DataFiles.SEAL), EtcdResourceStore.secret(address, DataFiles.SEAL));
      Seal seal = SealedDirectory.begin(wrapped, directory.requireKey(), SecretFile::writeAsIs);
      return seal.open(
              AdminToken.FILE_NAME, EtcdResourceStore.secret(address, AdminToken.FILE_NAME))
          .trim();
    } finally {
      Files.deleteIfExists(wrapped.resolve(DataFiles.SEAL));
      Files.delete(wrapped);
    }
  }
}
