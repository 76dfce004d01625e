package io.endomesh.controller.cli;

import io.endomesh.controller.ca.SecretFile;
import io.endomesh.controller.seal.SealedDirectory;
import io.endomesh.controller.tokens.AdminToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

  @Override
  public Integer call() {
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
}
