package io.endomesh.controller.cli;

import io.endomesh.controller.backup.Restore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a controller's data directory from what `endomesh backup` wrote, while no controller"
          + " runs there.",
      "Nothing is touched unless the whole file is good. A controller of sealed data is started"
          + " with the key that it had."
    },
    footer = {
      "",
      "  endomesh restore mesh.backup --data-dir /var/lib/endomesh",
      "  endomesh controller --data-dir /var/lib/endomesh --seal-key-file /run/keys/endomesh"
    })
final class RestoreCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "that `endomesh backup` wrote")
  private Path file;

  @Option(
      names = "--data-dir",
      paramLabel = "DIRECTORY",
      description = "of the controller (default: ~/.endomesh/controller)")
  private @Nullable Path dataDir;

  @Option(
      names = "--force",
      description = "replace data that is there; it is kept beside, in a directory replaced-TIME")
  private boolean force;

  @Override
  public Integer call() {
    Path directory = dataDir == null ? DataDirectory.defaultPath() : dataDir;
    try {
      Restore.Done done = Restore.into(file, directory, force, Clock.systemUTC());
      var out = spec.commandLine().getOut();
      out.printf(
          "%s has %d resources, %d changes, %d users of %s%n",
          directory,
          done.backup().resources(),
          done.backup().changes(),
          done.backup().users(),
          done.backup().at());
      if (done.replaced() != null) {
        out.println("What was there is in " + done.replaced());
      }
      if (done.backup().sealed()) {
        out.println("It is sealed: start the controller with the key that it was sealed with");
      }
      return Exit.OK.code();
    } catch (IOException e) {
      throw new CommandFailed(Exit.FAILED, "not restored: " + e.getMessage());
    }
  }
}
