package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.kinds.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "edit",
    mixinStandardHelpOptions = true,
    description = {
      "Opens a resource in an editor (VISUAL, EDITOR, or vi), and applies it when that ends.",
      "What is not valid is opened again with the reason above it; unchanged, it ends the command."
    },
    footer = {"", "  endomesh edit httproute orders -n shop -m 'less for v2'"})
final class EditCommand implements Callable<Integer> {

  private static final String REMARK = "#!";

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Parameters(index = "0", paramLabel = "KIND")
  private String kind = "";

  @Parameters(index = "1", paramLabel = "NAME")
  private String name = "";

  @Option(
      names = {"-n", "--namespace"},
      description = "(default: ${DEFAULT-VALUE})")
  private String namespace = "default";

  @Mixin private WhyOption why = new WhyOption();

  private final UnaryOperator<@Nullable String> environment;

  EditCommand() {
    this(System::getenv);
  }

  EditCommand(UnaryOperator<@Nullable String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    Kind known = Kinds.named(kind);
    ApiClient api = connection.open();
    String path = "namespaces/" + namespace + "/" + known.plural() + "/" + name;
    JsonNode resource = api.get(path);
    long revision = resource.path("metadata").path("resourceVersion").asLong();
    // Only its owner may read it, as is the rule for temporary files of Java.
    Path file = Files.createTempFile("endomesh-" + name + "-", ".yaml");
    boolean keep = true;
    try {
      edit(api, path, revision, file, Output.yaml(ExportCommand.applied(resource)));
      keep = false;
    } finally {
      if (keep) {
        spec.commandLine().getErr().println("what was written is in " + file);
        spec.commandLine().getErr().flush();
      } else {
        Files.delete(file);
      }
    }
    return Exit.OK.code();
  }

  private void edit(ApiClient api, String path, long revision, Path file, String original)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    String last = original;
    Files.writeString(file, original);
    while (true) {
      open(file);
      String edited = withoutRemarks(Files.readString(file));
      if (edited.equals(original)) {
        out.println(kind + " " + namespace + "/" + name + " unchanged");
        out.flush();
        return;
      }
      try {
        api.put(why.addTo(path), edited, revision);
        out.println(kind + " " + namespace + "/" + name + " edited");
        out.flush();
        return;
      } catch (CommandFailed e) {
        if (e.exit() != Exit.INVALID || edited.equals(last)) {
          throw e;
        }
        last = edited;
        Files.writeString(file, remarks(String.valueOf(e.getMessage())) + edited);
      }
    }
  }

  private void open(Path file) throws IOException {
    String editor = editor();
    // An editor may have options, as `code --wait`; the shell takes it apart, and the file is safe.
    List<String> command =
        System.getProperty("os.name").startsWith("Windows")
            ? List.of("cmd", "/c", editor + " \"" + file + "\"")
            : List.of("sh", "-c", editor + " \"$1\"", "endomesh-edit", file.toString());
    int code;
    try {
      code = new ProcessBuilder(command).inheritIO().start().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed(Exit.FAILED, "interrupted");
    }
    if (code != 0) {
      throw new CommandFailed(
          Exit.FAILED, "editor: '" + editor + "' ended with " + code + "; nothing was changed");
    }
  }

  private String editor() {
    for (String variable : List.of("VISUAL", "EDITOR")) {
      String value = environment.apply(variable);
      if (value != null && !value.isBlank()) {
        return value;
      }
    }
    return "vi";
  }

  private static String remarks(String message) {
    return message.lines().map(line -> REMARK + " " + line + "\n").collect(Collectors.joining());
  }

  private static String withoutRemarks(String text) {
    return text.lines()
        .filter(line -> !line.startsWith(REMARK))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }
}
