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
      DescribeCommand.class,
      DeleteCommand.class,
      EditCommand.class,
      DiffCommand.class,
      ExportCommand.class,
      StatusCommand.class,
      ConfigCommand.class,
      StatCommand.class,
      TopCommand.class,
      EdgesCommand.class,
      GraphCommand.class,
      TraceCommand.class,
      CheckCommand.class,
      ExplainCommand.class,
      TrailCommand.class,
      TapCommand.class,
      AnalyzeCommand.class,
      AuthzCommand.class,
      MtlsCommand.class,
      RouteCommand.class,
      RampCommand.class,
      FaultCommand.class,
      HistoryCommand.class,
      RollbackCommand.class,
      AuditCommand.class,
      DashboardCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      StoreCommand.class,
      BugReportCommand.class,
      ContextCommand.class,
      CompletionCommand.class,
      LoginCommand.class,
      LogoutCommand.class,
      UserCommand.class,
      AuthorityCommand.class,
      FederationCommand.class,
      TokenCommand.class,
      WorkloadCommand.class,
      VersionCommand.class,
      TrainingCommand.class
    })
public final class Endomesh {

  Endomesh() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    return configured(line(arguments)).execute(arguments);
  }

  /**
   * With the one command that is meant, where it is clear which: to make the model of all of them
   * takes as long as the rest of a command.
   */
  static CommandLine line(String... arguments) {
    String name = arguments.length == 0 ? "" : arguments[0];
    if (!name.equals(CompletionCommand.NAME)) {
      for (Class<?> command : Endomesh.class.getAnnotation(Command.class).subcommands()) {
        if (command.getAnnotation(Command.class).name().equals(name)) {
          return new CommandLine(new Alone()).addSubcommand(command);
        }
      }
    }
    return new CommandLine(new Endomesh());
  }

  /** The root, with no command below it. */
  @Command(
      name = "endomesh",
      mixinStandardHelpOptions = true,
      versionProvider = Endomesh.Versions.class,
      synopsisSubcommandLabel = "COMMAND")
  private static final class Alone {}

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
