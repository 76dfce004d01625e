package io.endomesh.controller.cli;

import io.endomesh.controller.backup.Restore;
import io.endomesh.controller.backup.Source;
import io.endomesh.controller.etcd.EtcdAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "store",
    mixinStandardHelpOptions = true,
    description = "Moves what a controller has to another store.",
    subcommands = StoreCommand.Migrate.class)
final class StoreCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return CommandLine.ExitCode.USAGE;
  }

  @Command(
      name = "migrate",
      mixinStandardHelpOptions = true,
      description = {
        "Makes a store of all that another holds, while no controller has either: a data directory,"
            + " or etcd.",
        "The one that it comes from stays as it is: start controllers on the other one only."
      },
      footer = {
        "",
        "  endomesh store migrate --from /var/lib/endomesh --to etcd://127.0.0.1:2379",
        "  endomesh store migrate --from etcd://a,b,c --to /var/lib/endomesh --etcd-ca etcd.pem"
      })
  static final class Migrate implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private StoreOptions etcd = new StoreOptions();

    @Option(
        names = "--from",
        required = true,
        paramLabel = "STORE",
        description = "data directory, or etcd://HOST[:PORT][,HOST[:PORT]…][/PREFIX]")
    private String from = "";

    @Option(names = "--to", required = true, paramLabel = "STORE", description = "likewise")
    private String to = "";

    @Override
    public Integer call() {
      Clock clock = Clock.systemUTC();
      Source source =
          isEtcd(from)
              ? Source.ofEtcd(etcd.address(from), name(), clock)
              : Source.ofDirectory(Path.of(from), clock);
      try {
        Restore.Done done =
            isEtcd(to)
                ? Restore.into(source, etcd.address(to), name())
                : Restore.into(source, Path.of(to), /* force= */ false, clock);
        spec.commandLine()
            .getOut()
            .println(
                to + " has " + done.counts() + "; start controllers on it, and not on " + from);
        return Exit.OK.code();
      } catch (IOException e) {
        throw new CommandFailed(Exit.FAILED, "not migrated: " + e.getMessage());
      }
    }

    private static boolean isEtcd(String store) {
      return store.startsWith(EtcdAddress.SCHEME);
    }

    private static String name() {
      return "migrate/" + ProcessHandle.current().pid();
    }
  }
}
