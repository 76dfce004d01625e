package io.endomesh.controller.cli;

import io.endomesh.controller.kinds.Kind;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Deletes a resource. Its history stays.",
    footer = {"", "  endomesh delete grpcroute inventory -n shop"})
final class DeleteCommand implements Callable<Integer> {

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

  @Override
  public Integer call() {
    // The controller may hold what only a later version knows; it says what kinds there are.
    Optional<Kind> known =
        kind.matches("[A-Za-z0-9]+") ? Kinds.find(kind) : Optional.of(Kinds.named(kind));
    String plural = known.map(Kind::plural).orElse(kind.toLowerCase(Locale.ROOT));
    connection.open().delete(why.addTo("namespaces/" + namespace + "/" + plural + "/" + name));
    spec.commandLine()
        .getOut()
        .println(
            known.map(Kind::kindName).orElse(kind) + " " + namespace + "/" + name + " deleted");
    return Exit.OK.code();
  }
}
