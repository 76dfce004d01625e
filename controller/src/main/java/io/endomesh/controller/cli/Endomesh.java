package io.endomesh.controller.cli;

import io.endomesh.controller.Version;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The {@code endomesh} command. */
@Command(
    name = "endomesh",
    mixinStandardHelpOptions = true,
    versionProvider = Endomesh.Versions.class,
    description = "A service mesh that lives inside the JVM.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ControllerCommand.class,
      ApplyCommand.class,
      GetCommand.class,
      DeleteCommand.class,
      StatusCommand.class,
      CheckCommand.class,
      ExplainCommand.class,
      TrailCommand.class,
      TapCommand.class,
      AnalyzeCommand.class,
      AuthzCommand.class,
      MtlsCommand.class,
      RouteCommand.class,
      RampCommand.class,
      HistoryCommand.class,
      RollbackCommand.class,
      AuditCommand.class,
      DashboardCommand.class,
      BugReportCommand.class,
      LoginCommand.class,
      LogoutCommand.class,
      UserCommand.class,
      AuthorityCommand.class,
      FederationCommand.class,
      TokenCommand.class,
      WorkloadCommand.class,
      VersionCommand.class
    })
public final class Endomesh {

  Endomesh() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    CommandLine line = new CommandLine(new Endomesh());
    return configured(line).execute(arguments);
  }

  static CommandLine configured(CommandLine line) {
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (e, command, result) -> {
              PrintWriter err = command.getErr();
              if (e instanceof CommandFailed failed) {
                err.println(failed.getMessage());
                return failed.exit().code();
              }
              err.println("unexpected: " + e);
              e.printStackTrace(err);
              return Exit.FAILED.code();
            });
  }

  /** For {@code --version}. */
  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"endomesh " + Version.current()};
    }
  }
}
