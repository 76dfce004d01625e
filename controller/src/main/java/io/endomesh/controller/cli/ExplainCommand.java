package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = "Says what would happen to a call, stage by stage, and why. Sends nothing.",
    footer = {
      "",
      "  endomesh explain GET http://orders/api/1 --from storefront -H 'x-user: a'",
      "  endomesh explain POST grpc://inventory/shop.Inventory/Reserve --from shop/orders",
    })
final class ExplainCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Parameters(index = "0", paramLabel = "METHOD", description = "GET, POST, …")
  private String method = "";

  @Parameters(
      index = "1",
      paramLabel = "URL",
      description =
          "http://SERVICE[:PORT]/PATH, https://… or grpc://SERVICE/package.Service/Method")
  private String url = "";

  @Option(
      names = "--from",
      required = true,
      paramLabel = "SERVICE",
      description = "who calls: storefront, or shop/storefront")
  private String from = "";

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'NAME: VALUE'",
      description = "of the request; repeatable")
  private List<String> headers = List.of();

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    ObjectNode question = JSON.createObjectNode();
    question.put("method", method).put("url", url).put("from", from);
    ObjectNode named = question.putObject("headers");
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon < 1) {
        throw new CommandFailed(
            Exit.USAGE, "header: '" + header + "' (expected: as 'x-user: alice')");
      }
      named.withArray(header.substring(0, colon).trim()).add(header.substring(colon + 1).trim());
    }
    JsonNode answer = connection.open().post("explain", "application/json", question.toString());
    PrintWriter out = spec.commandLine().getOut();
    if (output.isTable()) {
      new ExplanationText(out).print(answer);
      out.flush();
    } else {
      output.print(answer, List.of());
    }
    return Exit.OK.code();
  }
}
