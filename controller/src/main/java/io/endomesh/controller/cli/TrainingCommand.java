package io.endomesh.controller.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Runs the commands that are used most against answers of its own, so that a JVM which is told to
 * (-XX:ArchiveClassesAtExit) can archive the classes they load. The launcher does it once.
 */
@Command(name = "training", hidden = true, description = "For the launcher.")
final class TrainingCommand implements Callable<Integer> {

  /** Has what any of the commands reads of an answer. */
  private static final String ANSWER =
      """
      {"version":"0","now":"2026-01-01T00:00:00Z","session":{"loginRequired":false},
       "counts":{"workloads":0,"services":0,"resources":0},"problems":[],
       "services":[],"workloads":[],"changes":[],"items":[],"edges":[],"nodes":[]}
      """;

  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("version"),
          List.of("get", "services"),
          List.of("get", "resources", "-o", "yaml"),
          List.of("status", "-o", "json"),
          List.of("stat"),
          List.of("edges"),
          List.of("history"),
          List.of("get", "--help"));

  @Override
  public Integer call() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", TrainingCommand::answer);
    server.start();
    int worst = 0;
    try {
      PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
      String controller = "--controller=http://127.0.0.1:" + server.getAddress().getPort();
      for (List<String> command : COMMANDS) {
        String[] arguments = command.toArray(new String[command.size() + 1]);
        arguments[command.size()] = controller;
        int code = Endomesh.configured(Endomesh.line(arguments)).setOut(nowhere).execute(arguments);
        worst = Math.max(worst, code);
      }
    } finally {
      server.stop(0);
    }
    return worst;
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = ANSWER.getBytes(UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
