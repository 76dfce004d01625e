package io.endomesh.controller.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.endomesh.controller.Version;
import io.endomesh.controller.operations.Diagnostics;
import io.endomesh.controller.operations.Redaction;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "bug-report",
    mixinStandardHelpOptions = true,
    description = {
      "Collects what helps to find a fault in one zip file, without secrets.",
      "What cannot be had, as when the controller does not answer, is named in it."
    },
    footer = {
      "",
      "  endomesh bug-report -o report.zip",
      "  endomesh bug-report -o report.zip --data-dir /var/lib/endomesh --log controller.log",
      "",
      "Ends with 10 if something could not be had."
    })
final class BugReportCommand implements Callable<Integer> {

  /** Each is asked for, and is a file of the report. */
  private static final Map<String, String> ANSWERS = new LinkedHashMap<>();

  static {
    for (String path :
        new String[] {
          "status",
          "workloads",
          "services",
          "graph",
          "ca",
          "federation",
          "providers",
          "mtls",
          "resources",
          "diagnostics"
        }) {
      ANSWERS.put(path + ".json", path);
    }
    ANSWERS.put("refusals.json", "refusals?limit=100");
    ANSWERS.put("history.json", "history?limit=50");
  }

  /** Of the end of a log. */
  private static final int MAX_LOG_BYTES = 1 << 20;

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Option(
      names = "-o",
      paramLabel = "FILE",
      description = "that is written, and must not be there yet (default: ${DEFAULT-VALUE})")
  private Path file = Path.of("endomesh-bug-report.zip");

  @Option(
      names = "--data-dir",
      paramLabel = "DIRECTORY",
      description = "of the controller, for the sizes of its files if it does not answer")
  private @Nullable Path dataDir;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "of the controller's or an agent's log; its end is taken, without secrets")
  private @Nullable Path log;

  @Override
  public Integer call() {
    Map<String, String> report = new LinkedHashMap<>();
    StringBuilder missing = new StringBuilder();
    report.put(
        "versions.txt",
        "endomesh "
            + Version.current()
            + "\njava "
            + System.getProperty("java.vm.version")
            + "\nos "
            + System.getProperty("os.name")
            + "\n");
    online(report, missing);
    Path directory = dataDir;
    if (directory != null) {
      take(report, missing, "data-dir.json", () -> Diagnostics.files(directory).toPrettyString());
    }
    Path lines = log;
    if (lines != null) {
      take(report, missing, "log.txt", () -> Redaction.text(end(lines)));
    }
    if (!missing.isEmpty()) {
      report.put("missing.txt", Redaction.text(missing.toString()));
    }
    write(report);
    spec.commandLine().getOut().println(file + " has " + String.join(", ", report.keySet()));
    return (missing.isEmpty() ? Exit.OK : Exit.FOUND_SOMETHING).code();
  }

  private void online(Map<String, String> report, StringBuilder missing) {
    ApiClient api = connection.open();
    for (Map.Entry<String, String> answer : ANSWERS.entrySet()) {
      try {
        report.put(answer.getKey(), clean(api.get(answer.getValue())));
      } catch (CommandFailed e) {
        missing.append(answer.getKey()).append(": ").append(e.getMessage()).append('\n');
        if (e.exit() == Exit.UNREACHABLE) {
          return;
        }
      }
    }
    take(report, missing, "analyze.json", () -> clean(api.post("analyze", "application/yaml", "")));
  }

  private static String clean(JsonNode answer) {
    return Redaction.json(answer == null ? JsonNodeFactory.instance.nullNode() : answer)
        .toPrettyString();
  }

  private interface Source {
    String get() throws IOException;
  }

  private static void take(
      Map<String, String> report, StringBuilder missing, String name, Source source) {
    try {
      report.put(name, source.get());
    } catch (IOException | CommandFailed e) {
      missing.append(name).append(": ").append(e).append('\n');
    }
  }

  private static String end(Path log) throws IOException {
    try (var in = Files.newByteChannel(log)) {
      in.position(Math.max(0, in.size() - MAX_LOG_BYTES));
      var bytes = java.nio.ByteBuffer.allocate(MAX_LOG_BYTES);
      while (bytes.hasRemaining() && in.read(bytes) >= 0) {
        // Until it is full, or the file at its end.
      }
      return new String(bytes.array(), 0, bytes.position(), UTF_8);
    }
  }

  private void write(Map<String, String> report) {
    try (OutputStream out =
            Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, String> entry : report.entrySet()) {
        zip.putNextEntry(new ZipEntry("endomesh-bug-report/" + entry.getKey()));
        zip.write(entry.getValue().getBytes(UTF_8));
        zip.closeEntry();
      }
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailed(Exit.USAGE, "-o: " + file + " exists (expected: a new file)");
    } catch (NoSuchFileException e) {
      throw new CommandFailed(
          Exit.USAGE, "-o: " + file + " (expected: in a directory that exists)");
    } catch (IOException e) {
      throw new CommandFailed(Exit.FAILED, "-o: " + file + " cannot be written: " + e);
    }
  }
}
