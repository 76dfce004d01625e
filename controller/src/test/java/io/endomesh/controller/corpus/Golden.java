package io.endomesh.controller.corpus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.cli.PrintedExplanation;
import io.endomesh.controller.explain.Explained;
import io.endomesh.controller.kinds.DatabasePolicy;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.translate.Applied;
import io.endomesh.controller.translate.AppliedResource;
import io.endomesh.controller.translate.DatabaseConditions;
import io.endomesh.controller.translate.Drafts;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.OwnershipConditions;
import io.endomesh.controller.translate.RouteConditions;
import io.endomesh.controller.translate.RouteConditions.Condition;
import io.endomesh.controller.translate.Scope;
import io.endomesh.controller.translate.TestModels;
import io.endomesh.controller.translate.XdsResource;
import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.SqlStatement;
import io.endomesh.dataplane.StatementRefusal;
import io.endomesh.dataplane.database.Dialect;
import io.endomesh.dataplane.database.SqlText;
import io.endomesh.dataplane.route.VirtualHost;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What becomes of an example, as text: status, decisions, what agents hold, what they are sent.
 * What is read first stands first.
 */
final class Golden {

  /** Shares are drawn, see {@code ClusterTold}, and time passes while a call is explained. */
  private static final Map<String, String> CHANCE =
      Map.of(
          "about \\d+ %", "a share",
          "(x-envoy-expected-rq-timeout-ms|grpc-timeout): \\d+", "$1: what is left of",
          "given up after [0-9.]+", "given up after what is left of");

  private final Example example;
  private final List<ParsedResource> resources;
  private final MeshModel model;
  private final StringBuilder text = new StringBuilder();
  private final Map<String, AgentView> views = new TreeMap<>();

  private Golden(Example example) throws Exception {
    this.example = example;
    this.resources = example.resources();
    this.model = Drafts.over(TestModels.of(example.workloads()), resources);
  }

  static String of(Example example) throws Exception {
    return new Golden(example).write();
  }

  /** What each agent of the example is told. */
  static List<SortedMap<AgentView.Name, XdsResource>> told(Example example) throws Exception {
    Golden golden = new Golden(example);
    golden.write();
    return golden.views.values().stream().map(AgentView::sent).toList();
  }

  private String write() throws Exception {
    text.append(example.title()).append('\n');
    status();
    for (Example.Asked call : example.calls()) {
      heading("CALL");
      JsonNode told = Explained.call(model, call.method(), call.url(), call.from(), call.headers());
      call.headers().forEach((name, values) -> text.append(name + ": " + values.get(0) + "\n"));
      text.append(certain(PrintedExplanation.of(told)));
    }
    for (Example.Statement statement : example.statements()) {
      statement(statement);
    }
    snapshots();
    for (Map.Entry<String, AgentView> view : views.entrySet()) {
      if (!view.getValue().rejections().isEmpty()) {
        throw new AssertionError(view.getKey() + " rejects " + view.getValue().rejections());
      }
      for (Map.Entry<AgentView.Name, XdsResource> sent : view.getValue().sent().entrySet()) {
        heading("SENT to " + view.getKey() + ": " + sent.getKey());
        text.append(Readable.text(ProtoText.of(sent.getValue().body()), 0));
      }
    }
    return text.toString();
  }

  private static String certain(String told) {
    String text = told;
    for (Map.Entry<String, String> chance : CHANCE.entrySet()) {
      text = text.replaceAll(chance.getKey(), chance.getValue());
    }
    return text;
  }

  private void status() {
    heading("STATUS");
    List<MeshResource> all = model.resources().stream().map(AppliedResource::resource).toList();
    Applied applied = new Applied(service -> model.service(service) != null, model.grants(), all);
    for (ParsedResource resource : resources) {
      text.append(resource.key()).append('\n');
      resource.warnings().forEach(warning -> text.append("  warning: " + warning + "\n"));
      for (Condition condition : conditions(resource.resource(), applied)) {
        text.append("  " + condition.type() + " " + (condition.status() ? "True" : "False"));
        text.append(condition.status() ? "\n" : " " + condition.reason() + "\n");
        text.append(condition.message().isEmpty() ? "" : "    " + condition.message() + "\n");
      }
    }
  }

  private List<Condition> conditions(MeshResource resource, Applied applied) {
    if (resource instanceof DatabasePolicy policy) {
      return DatabaseConditions.of(policy, applied);
    }
    List<Condition> conditions = new ArrayList<>(RouteConditions.of(resource, applied));
    conditions.addAll(OwnershipConditions.of(resource, model));
    return conditions;
  }

  private void statement(Example.Statement asked) {
    VirtualHost host = Objects.requireNonNull(view(asked.from()).host(asked.host()), asked.host());
    String[] caller = asked.from().split("/");
    Mesh mesh = new Mesh(new io.endomesh.dataplane.Workload(caller[1], caller[0], "one", Map.of()));
    mesh.publish(new Snapshot(1, Map.of(asked.host(), host), Inbound.OPEN, null));
    SqlStatement statement = SqlText.describe(asked.sql(), Dialect.POSTGRESQL);
    StatementRefusal refusal =
        mesh.statement(
                new Database("postgresql", host.name(), asked.host(), 0, null, asked.host(), null),
                statement,
                1)
            .refusal();
    heading("STATEMENT");
    text.append(asked.sql()).append("\nat " + asked.host() + " from " + asked.from() + "\n\n");
    text.append(statement.classes() + ": ");
    text.append(
        refusal == null ? "executed\n" : refusal.sqlState() + " " + refusal.message() + "\n");
  }

  private void snapshots() throws Exception {
    Map<String, TreeMap<String, String>> asked = new TreeMap<>();
    for (Example.Asked call : example.calls()) {
      ask(asked, call.from(), URI.create(call.url()).getRawAuthority().toLowerCase());
    }
    example.statements().forEach(statement -> ask(asked, statement.from(), statement.host()));
    for (Map.Entry<String, TreeMap<String, String>> one : asked.entrySet()) {
      heading("HELD by " + one.getKey());
      Described described = new Described();
      ObjectNode hosts = JsonNodeFactory.instance.objectNode();
      for (String authority : one.getValue().keySet()) {
        JsonNode host = described.of(view(one.getKey()).host(authority));
        hosts.set(authority, host == null ? hosts.textNode("not in the mesh") : host);
      }
      text.append(Readable.text(hosts, 0));
      ObjectNode clusters = described.clusters();
      if (!clusters.isEmpty()) {
        text.append("clusters:\n").append(Readable.text(clusters, 2));
      }
    }
    for (String server : example.servers()) {
      int port = port(server);
      heading("HELD by " + server + ", for calls that arrive at " + port);
      JsonNode rules = new Described().of(view(server).inbound(port));
      text.append(Readable.text(Objects.requireNonNull(rules, server), 0));
    }
  }

  private static void ask(
      Map<String, TreeMap<String, String>> asked, String from, String authority) {
    asked.computeIfAbsent(from, none -> new TreeMap<>()).put(authority, authority);
  }

  private int port(String server) {
    for (Workload workload : example.workloads()) {
      if ((workload.namespace() + "/" + workload.service()).equals(server)) {
        return workload.ports().get(0).number();
      }
    }
    throw new IllegalArgumentException("server: " + server + " (expected: one of the workloads)");
  }

  private AgentView view(String service) {
    return views.computeIfAbsent(service, none -> new AgentView(model, scope(service)));
  }

  private Scope scope(String service) {
    return Explained.scope(model, service);
  }

  private void heading(String heading) {
    text.append("\n== ").append(heading).append("\n\n");
  }
}
