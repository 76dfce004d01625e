package io.endomesh.controller.cli;

import io.endomesh.controller.backup.BackupReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    description = {
      "Writes all that a running controller has to one file: resources, history, users, tokens,"
          + " audit log, certificate authority.",
      "Sealed secrets stay sealed: the file is worth nothing without the key. Of a controller whose"
          + " secrets are in clear, only the admin token gets one, and the file holds them in"
          + " clear."
    },
    footer = {
      "",
      "  endomesh backup mesh-$(date +%F).backup",
      "  endomesh backup mesh.backup --token-file ~/.endomesh/controller/admin-token"
    })
final class BackupCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Parameters(paramLabel = "FILE", description = "that is written, and must not be there yet")
  private Path file = Path.of("");

  @Override
  public Integer call() {
    if (Files.exists(file)) {
      throw new CommandFailed(Exit.USAGE, file + " exists (expected: a new file)");
    }
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      try {
        connection.open().download("backup", part);
        // Not by its length: that it can be restored is what is promised.
        BackupReader.Summary backup = BackupReader.read(part, item -> {});
        Files.move(part, file);
        spec.commandLine().getOut().println(text(file, backup));
        return Exit.OK.code();
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new CommandFailed(Exit.FAILED, "no backup: " + e.getMessage());
    }
  }

  private static String text(Path file, BackupReader.Summary backup) {
    return String.format(
        "%s has %s; its secrets are %s",
        file,
        backup.counts(),
        backup.sealed()
            ? "sealed: keep the key elsewhere"
            : "in clear: keep it as you keep the data directory");
  }
}
