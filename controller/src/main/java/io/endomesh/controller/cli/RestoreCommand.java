package io.endomesh.controller.cli;

import io.endomesh.controller.backup.Restore;
import io.endomesh.controller.backup.Source;
import io.endomesh.controller.etcd.EtcdAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
  private Path file = Path.of("");

  @Option(
      names = "--data-dir",
      paramLabel = "DIRECTORY",
      description = "of the controller (default: ~/.endomesh/controller)")
  private @Nullable Path dataDir;

  @Option(
      names = "--store",
      paramLabel = "URL",
      description = "etcd://HOST[:PORT][,HOST[:PORT]…][/PREFIX], in the place of a directory")
  private @Nullable String store;

  @Mixin private StoreOptions etcd = new StoreOptions();

  @Option(
      names = "--force",
      description = "replace data that is there; it is kept beside, in a directory replaced-TIME")
  private boolean force;

  @Override
  public Integer call() {
    Path directory = dataDir == null ? DataDirectory.defaultPath() : dataDir;
    EtcdAddress address = etcd.addressOrNull(store);
    if (address != null && (dataDir != null || force)) {
      throw new CommandFailed(
          Exit.USAGE, "--store: beside --data-dir or --force (expected: an empty prefix of etcd)");
    }
    Source source = Source.ofBackup(file);
    try {
      Restore.Done done =
          address == null
              ? Restore.into(source, directory, force, Clock.systemUTC())
              : Restore.into(source, address, "restore/" + ProcessHandle.current().pid());
      var out = spec.commandLine().getOut();
      out.println((address == null ? directory : address) + " has " + done.counts());
      if (done.replaced() != null) {
        out.println("What was there is in " + done.replaced());
      }
      if (done.sealed()) {
        out.println("It is sealed: start the controller with the key that it was sealed with");
      }
      return Exit.OK.code();
    } catch (IOException e) {
      throw new CommandFailed(Exit.FAILED, "not restored: " + e.getMessage());
    }
  }
}
