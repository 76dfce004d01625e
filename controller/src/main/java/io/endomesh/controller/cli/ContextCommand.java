package io.endomesh.controller.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "context",
    mixinStandardHelpOptions = true,
    description = "Several controllers by name, and which one commands talk to.",
    footer = {
      "",
      "  endomesh context set prod --controller https://mesh.example:7443 --server-ca root.pem",
      "  endomesh context use prod",
      "  endomesh get services --context prod"
    },
    subcommands = {
      ContextCommand.Show.class,
      ContextCommand.Set.class,
      ContextCommand.Use.class,
      ContextCommand.Delete.class
    })
final class ContextCommand {

  private ContextCommand() {}

  /** Where the user's files are. */
  abstract static class OfUser implements Callable<Integer> {
    @Spec private CommandSpec spec;

    private UnaryOperator<@Nullable String> environment = System::getenv;
    private Path home = Path.of(System.getProperty("user.home"));

    /** Of another user than who runs this process. */
    void of(UnaryOperator<@Nullable String> otherEnvironment, Path otherHome) {
      environment = otherEnvironment;
      home = otherHome;
    }

    Contexts contexts() {
      return new Contexts(ConfigFile.find(environment, home).contexts());
    }

    void say(String line) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(line);
      out.flush();
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists them; the one with a * is the one that counts.")
  static final class Show extends OfUser {
    @Override
    public Integer call() {
      String current = contexts().current();
      for (Contexts.Context context : contexts().all()) {
        say(
            (context.name().equals(current) ? "* " : "  ")
                + context.name()
                + "  "
                + context.controller());
      }
      return Exit.OK.code();
    }
  }

  @Command(
      name = "set",
      mixinStandardHelpOptions = true,
      description = "Adds one or changes it. The first is the one that counts.")
  static final class Set extends OfUser {
    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Option(names = "--controller", paramLabel = "URL", required = true)
    private String controller = "";

    @Option(
        names = "--token-file",
        paramLabel = "FILE",
        description = "file with an API token or the admin token (default: by `endomesh login`)")
    private @Nullable Path tokenFile;

    @Option(
        names = "--server-ca",
        paramLabel = "FILE",
        description = "PEM file with the mesh's root, for https")
    private @Nullable Path serverCa;

    @Override
    public Integer call() {
      if (!name.matches("[A-Za-z0-9._-]{1,63}")) {
        throw new CommandFailed(
            Exit.USAGE, "NAME: '" + name + "' (expected: letters, digits, and ._-)");
      }
      if (!controller.matches("https?://\\S+")) {
        throw new CommandFailed(
            Exit.USAGE, "--controller: '" + controller + "' (expected: http[s]://host:port)");
      }
      contexts()
          .put(new Contexts.Context(name, controller, absolute(tokenFile), absolute(serverCa)));
      say("context " + name + " set");
      return Exit.OK.code();
    }

    private static @Nullable Path absolute(@Nullable Path path) {
      return path == null ? null : path.toAbsolutePath().normalize();
    }
  }

  @Command(
      name = "use",
      mixinStandardHelpOptions = true,
      description = "From now on commands talk to this one.")
  static final class Use extends OfUser {
    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Override
    public Integer call() {
      contexts().use(name);
      say("context " + name + " counts from now on");
      return Exit.OK.code();
    }
  }

  @Command(name = "delete", mixinStandardHelpOptions = true, description = "Forgets one.")
  static final class Delete extends OfUser {
    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Override
    public Integer call() {
      contexts().remove(name);
      say("context " + name + " deleted");
      return Exit.OK.code();
    }
  }
}
