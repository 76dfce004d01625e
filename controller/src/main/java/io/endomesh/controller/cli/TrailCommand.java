package io.endomesh.controller.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "trail",
    mixinStandardHelpOptions = true,
    description =
        "Reads a response from standard input, and prints what the mesh did with the call.",
    footer = {
      "",
      "  curl -si -H \"x-endomesh-trail: $(endomesh token trail)\" http://127.0.0.1:8080/ |"
          + " endomesh trail",
    })
final class TrailCommand implements Callable<Integer> {

  private static final String HEADER = "x-endomesh-trail:";

  /** Deeper ones are not told of. */
  private static final int MAX_DEPTH = 32;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    BufferedReader response =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintWriter out = spec.commandLine().getOut();
    for (String line = response.readLine(); line != null; line = response.readLine()) {
      if (line.toLowerCase(Locale.ROOT).startsWith(HEADER)) {
        for (TrailMember member : TrailMember.parse(line.substring(HEADER.length()))) {
          long depth = Math.max(0, Math.min(member.number("depth"), MAX_DEPTH));
          out.println("    ".repeat((int) depth) + told(member));
        }
        out.flush();
        return Exit.OK.code();
      }
    }
    throw new CommandFailed(
        Exit.NOT_FOUND,
        "standard input: no header x-endomesh-trail (expected: a response with its head, as of"
            + " curl -si, to a request with a token that has not ended)");
  }

  static String told(TrailMember member) {
    return switch (member.kind()) {
      case "served" -> member.get("by") + from(member) + " answered " + outcome(member);
      case "refused" -> member.get("by") + from(member) + " refused " + decided(member);
      case "attempt" ->
          "→ "
              + member.get("to")
              + ", attempt "
              + member.get("number")
              + ": "
              + member.get("route")
              + ", "
              + member.get("cluster")
              + ", "
              + member.get("endpoint")
              + ": "
              + outcome(member)
              + String.format(Locale.ROOT, " in %.1f ms", member.number("micros") / 1e3)
              + (member.parameters().containsKey("retried") ? ", and again" : "");
      case "reply" -> "→ " + member.get("to") + ": not sent, " + decided(member);
      case "more" -> "… there was no room for the rest";
      default -> member.kind() + " " + member.parameters();
    };
  }

  private static String from(TrailMember member) {
    String from = member.get("from");
    return from.isEmpty() ? "" : ", called by " + from + ",";
  }

  private static String decided(TrailMember member) {
    return "with " + outcome(member) + " by " + member.get("decided-by") + ": " + member.get("why");
  }

  private static String outcome(TrailMember member) {
    String status = member.get("status");
    String grpc = member.get("grpc-status");
    String error = member.get("error");
    String both = status + (status.isEmpty() || grpc.isEmpty() ? "" : ", ");
    String known = both + (grpc.isEmpty() ? "" : "gRPC " + grpc);
    return known + (known.isEmpty() || error.isEmpty() ? "" : ", ") + error;
  }
}
