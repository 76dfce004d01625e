package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.kinds.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    description = "Shows resources, or the services and workloads that are alive.",
    footer = {
      "",
      "  endomesh get services",
      "  endomesh get httproute -n shop",
      "  endomesh get grpcroute inventory -n shop -o yaml",
      "  endomesh get resources -A"
    })
final class GetCommand implements Callable<Integer> {

  @Mixin private Connection connection = new Connection();

  @Parameters(
      index = "0",
      paramLabel = "KIND",
      description = "kinds of resources, as httproute,grpcroute; or resources, services, workloads")
  private String kind = "";

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME")
  private @Nullable String name;

  @Option(
      names = {"-n", "--namespace"},
      description = "(default: all)")
  private @Nullable String namespace;

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "all namespaces, as is the default without -n")
  private boolean allNamespaces;

  @Mixin private Output output = new Output();
  @Mixin private Watch watch = new Watch();

  @Override
  public Integer call() {
    ApiClient api = connection.open();
    return watch.run(() -> show(api));
  }

  private int show(ApiClient api) {
    return switch (kind.toLowerCase(Locale.ROOT)) {
      case "services", "service" -> live(api, "services");
      case "workloads", "workload" -> live(api, "workloads");
      default -> resources(api);
    };
  }

  private int live(ApiClient api, String what) {
    JsonNode answer = api.get(what);
    List<String[]> table = new ArrayList<>();
    boolean services = what.equals("services");
    table.add(
        services
            ? new String[] {
              "NAMESPACE",
              "NAME",
              "WORKLOADS",
              "MTLS",
              "HEALTH",
              "REQ/S",
              "P99 MS",
              "+IDENTITY",
              "+VERSIONS"
            }
            : new String[] {
              "NAMESPACE",
              "SERVICE",
              "INSTANCE",
              "ADDRESS",
              "AGENT",
              "CONNECTED",
              "+JAVA",
              "+PID",
              "+SINCE"
            });
    for (JsonNode item : answer.path(what)) {
      if (namespace == null || allNamespaces || item.path("namespace").asText().equals(namespace)) {
        table.add(services ? service(item) : workload(item));
      }
    }
    output.print(answer, table);
    return Exit.OK.code();
  }

  private int resources(ApiClient api) {
    boolean all = kind.equalsIgnoreCase("resources") || kind.equalsIgnoreCase("all");
    Kind wanted = all || kind.contains(",") ? null : Kinds.named(kind);
    JsonNode answer;
    if (kind.contains(",")) {
      answer = ofKinds(api);
    } else if (wanted != null && name != null) {
      String where = namespace == null ? "default" : namespace;
      answer = api.get("namespaces/" + where + "/" + wanted.plural() + "/" + name);
    } else {
      answer =
          api.get(
              "resources?kind="
                  + (wanted == null ? "" : wanted.kindName())
                  + "&namespace="
                  + (namespace == null || allNamespaces ? "" : namespace));
    }
    List<String[]> table = new ArrayList<>();
    table.add(new String[] {"KIND", "NAMESPACE", "NAME", "REVISION", "UPDATED"});
    if (answer.has("items")) {
      answer.path("items").forEach(item -> table.add(resource(item)));
    } else {
      table.add(resource(answer));
    }
    output.print(answer, table);
    return Exit.OK.code();
  }

  /** Several kinds with commas between them, as kubectl takes them. */
  private JsonNode ofKinds(ApiClient api) {
    if (name != null) {
      throw new CommandFailed(Exit.USAGE, "kind: " + kind + " (expected: one, with a name)");
    }
    List<String> wanted =
        Arrays.stream(kind.split(",")).map(one -> Kinds.named(one).kindName()).toList();
    String where = namespace == null || allNamespaces ? "" : namespace;
    return Selection.of(
        api.get("resources?namespace=" + where),
        "items",
        item -> wanted.contains(item.path("kind").asText()));
  }

  private static String[] resource(JsonNode item) {
    JsonNode metadata = item.path("metadata");
    return new String[] {
      item.path("kind").asText(),
      metadata.path("namespace").asText(),
      metadata.path("name").asText(),
      metadata.path("resourceVersion").asText(),
      item.path("status").path("updatedAt").asText("")
    };
  }

  private static String[] service(JsonNode item) {
    JsonNode inbound = item.path("inbound");
    return new String[] {
      item.path("namespace").asText(),
      item.path("name").asText(),
      item.path("connected").asText() + "/" + item.path("workloads").asText(),
      item.path("mtls").asText(),
      item.path("health").asText(),
      "%.1f".formatted(inbound.path("requestsPerSecond").asDouble()),
      inbound.path("p99Millis").isNull() ? "n/a" : inbound.path("p99Millis").asText(),
      item.path("identity").asText(),
      Figures.joined(item.path("versions"))
    };
  }

  private static String[] workload(JsonNode item) {
    return new String[] {
      item.path("namespace").asText(),
      item.path("service").asText(),
      item.path("instance").asText(),
      item.path("address").asText(),
      item.path("agentVersion").asText(),
      item.path("connected").asText(),
      item.path("javaVersion").asText(),
      item.path("pid").asText(),
      item.path("since").asText()
    };
  }
}
