package io.endomesh.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.DeltaClient;
import io.endomesh.controller.TestWorkload;
import io.endomesh.controller.translate.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The command, against a controller in this process. */
class EndomeshTest {

  private static final String ROUTE =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: split, namespace: shop}
      spec:
        parentRefs: [{kind: Service, group: "", name: orders}]
        rules:
        - backendRefs: [{name: orders, weight: WEIGHT}]
      """;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir Path directory;
  private Controller controller;

  @BeforeEach
  void start() throws Exception {
    controller = Controller.start(ControllerOptions.onFreePort(directory.resolve("data")));
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  private int run(String... arguments) {
    return runAt(controller.address().getPort(), arguments);
  }

  private int runAt(int port, String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = "--controller=http://127.0.0.1:" + port;
    return Endomesh.configured(new CommandLine(new Endomesh()))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }

  private String file(String weight) throws Exception {
    return Files.writeString(directory.resolve("route.yaml"), ROUTE.replace("WEIGHT", weight))
        .toString();
  }

  @Test
  void apply_newThenSame_saysCreatedThenUnchanged() throws Exception {
    assertThat(run("apply", "-f", file("1"))).isZero();
    assertThat(out.toString()).contains("HTTPRoute shop/split created");

    assertThat(run("apply", "-f", file("1"))).isZero();
    assertThat(out.toString()).contains("HTTPRoute shop/split unchanged");
  }

  @Test
  void apply_dryRun_changesNothing() throws Exception {
    assertThat(run("apply", "--dry-run", "-f", file("1"))).isZero();
    assertThat(out.toString()).contains("(dry run)");

    assertThat(run("get", "httproute", "split", "-n", "shop")).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"PT4.999S", "PT24H1S", "PT-1H"})
  void controller_workloadTtlOutOfBounds_saysWhatIsExpected(String ttl) {
    assertThat(
            Endomesh.configured(new CommandLine(new Endomesh()))
                .setErr(new PrintWriter(err, true))
                .execute("controller", "--port=0", "--workload-ttl=" + ttl))
        .isEqualTo(2);

    assertThat(err.toString())
        .contains("--workload-ttl: " + ttl + " (expected: from PT5S to PT24H)");
  }

  @Test
  void apply_weightBelowZero_endsWith7AndNamesTheField() throws Exception {
    assertThat(run("apply", "-f", file("-1"))).isEqualTo(7);

    assertThat(err.toString()).contains("weight").contains("shop/split");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void apply_weightsOfZero_saysWhatCallsGet() throws Exception {
    assertThat(run("apply", "-f", file("0"))).isZero();

    assertThat(out + err.toString()).contains("weights sum to 0: calls are answered with 500");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rules:             | rules: [             | YAML is broken: line ",
        "kind: HTTPRoute    | kind: HttpRout       | did you mean 'HTTPRoute'?",
        "weight: WEIGHT     | wieght: 1            | unknown field; did you mean 'weight'?",
        "- backendRefs: [{name: orders, weight: WEIGHT}]"
            + " | - {matches: [{path: {type: RegularExpression, value: '/v('}}]}"
            + " | path.value: '/v(' (expected: a regular expression of RE2): missing closing )",
      })
  void apply_brokenResource_endsWith7AndSaysWhatIsWrong(
      String correct, String wrong, String sentence) throws Exception {
    String yaml = ROUTE.replace(correct, wrong).replace("WEIGHT", "1");
    Path file = Files.writeString(directory.resolve("broken.yaml"), yaml);

    assertThat(run("apply", "-f", file.toString())).isEqualTo(7);

    assertThat(err.toString()).contains(sentence).doesNotContain("Exception");
    assertThat(run("get", "httproute", "split", "-n", "shop")).isEqualTo(3);
  }

  @Test
  void explain_serviceWithoutEndpoints_saysWhichRuleAndWhyNobodyIsAsked() throws Exception {
    String services =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: NAME, namespace: shop}
        spec: {selector: {app: NAME}, ports: [{port: 8080}]}
        """;
    String yaml =
        services.replace("NAME", "orders")
            + "---\n"
            + services.replace("NAME", "storefront")
            + "---\n"
            + ROUTE.replace("WEIGHT", "1");
    Path file = Files.writeString(directory.resolve("shop.yaml"), yaml);
    assertThat(run("apply", "-f", file.toString())).isZero();

    String[] explain = {
      "explain", "GET", "http://orders/api/1", "--from=storefront", "-H=x-user: a"
    };
    assertThat(run(explain)).as(err.toString()).isZero();

    assertThat(out.toString().lines().toList())
        .startsWith(
            "GET http://orders/api/1",
            "from shop/storefront, spiffe://endomesh.local/ns/shop/sa/storefront",
            "",
            "service        orders is orders.shop")
        .contains(
            "resources      what was applied for it",
            "               → HTTPRoute/shop/split: a route of namespace shop",
            "endpoint       none: nobody serves outbound|8080||orders.shop",
            "=              answered with 503: no endpoint of outbound|8080||orders.shop to send"
                + " to");
    assertThat(run("explain", "GET", "http://orders/", "--from=storefront", "-o=json")).isZero();
    assertThat(new ObjectMapper().readTree(out.toString()).at("/verdict/status").asInt())
        .isEqualTo(503);
  }

  @Test
  void explain_wrongQuestion_endsAsOtherCommandsDo() {
    assertThat(run("explain", "GET", "http://orders/", "--from=nobody")).isEqualTo(3);
    assertThat(err.toString()).contains("from: no service 'nobody'");
    assertThat(run("explain", "GET", "orders", "--from=storefront")).isEqualTo(7);
    assertThat(err.toString()).contains("url: 'orders' (expected: http://SERVICE/PATH");
    assertThat(run("explain", "GET", "http://orders/", "--from=x", "-H=broken")).isEqualTo(2);
    assertThat(err.toString()).contains("header: 'broken' (expected: as 'x-user: alice')");
  }

  @Test
  void analyze_unknownBackend_endsWith10AndNamesTheCode() throws Exception {
    String file = file("1");

    assertThat(run("analyze", "-f", file)).isEqualTo(10);
    assertThat(out.toString())
        .startsWith(
            "error    EM0102  HTTPRoute shop/split spec.rules[0].backendRefs[0]: no service");
    assertThat(run("analyze", "-f", file, "--fail-on=never")).isZero();
    assertThat(run("analyze", "-f", file, "-o=json")).isEqualTo(10);
    assertThat(new ObjectMapper().readTree(out.toString()).at("/findings/0/code").asText())
        .isEqualTo("EM0102");
    // A draft is not applied.
    assertThat(run("get", "httproute", "split", "-n", "shop")).isEqualTo(3);
    assertThat(run("analyze")).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines("nothing found");
  }

  @Test
  void analyze_offline_needsNoController() throws Exception {
    String file = file("1");
    int nobody;
    try (ServerSocket closed = new ServerSocket(0)) {
      nobody = closed.getLocalPort();
    }

    assertThat(runAt(nobody, "analyze", "-f", file, "--offline")).isEqualTo(10);
    assertThat(out.toString()).contains("EM0101", "EM0102");
    assertThat(runAt(nobody, "analyze", "--offline")).isEqualTo(2);
    assertThat(runAt(nobody, "analyze", "--offline", "-f", file("-1"))).isEqualTo(7);
    assertThat(runAt(nobody, "analyze", "-f", file("1"))).isEqualTo(5);
  }

  @Test
  void apply_dryRunOnTraffic_changesNothingAndSaysWhatWouldChange() throws Exception {
    assertThat(run("apply", "--dry-run=traffic", "-f", file("1"))).as(err.toString()).isZero();

    assertThat(out.toString())
        .contains("HTTPRoute shop/split created (dry run)")
        .contains("0 of 0 calls of the last 5 minutes would end otherwise");
    assertThat(run("get", "httproute", "split", "-n", "shop")).isEqualTo(3);
    assertThat(run("apply", "--dry-run=trafic", "-f", file("1"))).isEqualTo(2);
    assertThat(run("apply", "--dry-run=traffic", "-f", file("-1"))).isEqualTo(7);
  }

  @Test
  void apply_missingFile_endsWith2() {
    assertThat(run("apply", "-f", directory.resolve("none.yaml").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("none.yaml cannot be read");
  }

  @Test
  void get_applied_printsAllFormats_andDeleteTakesItBack() throws Exception {
    run("apply", "-f", file("1"));

    assertThat(run("get", "httproutes", "-n", "shop")).isZero();
    assertThat(out.toString()).startsWith("KIND").contains("split");
    assertThat(run("get", "httproute", "split", "-n", "shop", "-o", "json")).isZero();
    assertThat(new ObjectMapper().readTree(out.toString()).at("/metadata/name").asText())
        .isEqualTo("split");
    assertThat(run("get", "httproute", "split", "-n", "shop", "-o", "yaml")).isZero();
    assertThat(out.toString()).startsWith("---").contains("kind: HTTPRoute");

    assertThat(run("delete", "httproute", "split", "-n", "shop")).isZero();
    assertThat(run("get", "httproute", "split", "-n", "shop")).isEqualTo(3);
  }

  @Test
  void get_unknownKind_listsTheKnownOnes() {
    assertThat(run("get", "gateway")).isEqualTo(2);
    assertThat(err.toString()).contains("gateway").contains("httproute");
  }

  @Test
  void history_afterAChange_saysWhoDidWhat() throws Exception {
    run("apply", "-f", file("1"));

    assertThat(run("history")).isZero();
    assertThat(out.toString()).contains("created").contains("HTTPRoute shop/split");
  }

  @Test
  void history_ofOneResource_leavesOutTheOthers() throws Exception {
    run("apply", "-f", file("1"));
    run("authz", "deny", "marketing", "payments");

    assertThat(run("history", "httproute/split", "-n", "shop")).isZero();
    assertThat(out.toString()).contains("HTTPRoute shop/split").doesNotContain("DepartmentPolicy");
    assertThat(run("history", "httproute")).isEqualTo(2);
    assertThat(err.toString()).contains("KIND/NAME: 'httproute' (expected: as httproute/orders)");
  }

  @Test
  void rollback_toAnOlderRevision_isANewRevisionWithWhatItHad() throws Exception {
    run("apply", "-f", file("1"));
    run("apply", "-f", file("7"));

    assertThat(rollback("1", "--dry-run")).isZero();
    assertThat(out.toString()).contains("(dry run)").containsPattern("(?m)^- .*weight: 7$");
    assertThat(out.toString()).containsPattern("(?m)^\\+ .*weight: 1$");
    run("get", "httproute", "split", "-n", "shop", "-o", "yaml");
    assertThat(out.toString()).contains("weight: 7");

    assertThat(rollback("1")).isZero();
    assertThat(out.toString()).contains("HTTPRoute shop/split rolled back to revision 1");
    run("get", "httproute", "split", "-n", "shop", "-o", "yaml");
    assertThat(out.toString()).contains("weight: 1").contains("resourceVersion: '3'");
    assertThat(rollback("1")).isZero();
    assertThat(out.toString()).contains("unchanged");
  }

  @Test
  void rollback_ofADeletedResource_bringsItBackAndDeletesItAgain() throws Exception {
    run("apply", "-f", file("1"));
    run("delete", "httproute", "split", "-n", "shop");

    assertThat(rollback("1")).isZero();
    assertThat(run("get", "httproute", "split", "-n", "shop")).isZero();
    assertThat(rollback("2")).isZero();
    assertThat(out.toString()).contains("deleted, as at revision 2");
    assertThat(run("get", "httproute", "split", "-n", "shop")).isEqualTo(3);
  }

  @Test
  void rollback_unknownResourceOrRevision_endsWith3AndSaysWhatThereIs() throws Exception {
    assertThat(rollback("1")).isEqualTo(3);
    assertThat(err.toString()).contains("HTTPRoute shop/split: has no history");

    run("apply", "-f", file("1"));
    assertThat(rollback("0")).isEqualTo(3);
    assertThat(err.toString()).contains("--to: 0 (expected: 1, the oldest revision");
  }

  @Test
  void rollback_ofARevision_showsItFirstAndSaysWhy() throws Exception {
    run("apply", "-f", file("1"));
    run("apply", "-f", file("7"), "-m", "more for v2");

    assertThat(run("rollback", "2", "--dry-run")).isZero();
    assertThat(out.toString())
        .contains("HTTPRoute shop/split would be configured", "would be taken back (dry run)")
        .containsPattern("(?m)^- .*weight: 7$");
    assertThat(run("rollback", "2", "-m", "v2 fails")).isZero();
    assertThat(out.toString()).contains("revision 2 taken back, as revision 3");

    run("history");
    assertThat(out.toString()).contains("more for v2", "v2 fails");
    run("audit", "--limit=20");
    assertThat(out.toString()).contains("more for v2", "v2 fails");
    assertThat(run("rollback", "2")).isEqualTo(6);
    assertThat(err.toString()).contains("was changed since, at revision 3");
    assertThat(run("rollback", "httproute")).isEqualTo(2);
    assertThat(err.toString()).contains("(expected: REVISION, or KIND NAME --to REVISION)");
  }

  @Test
  void delete_withAMessage_isInTheHistory() throws Exception {
    run("apply", "-f", file("1"));
    assertThat(run("delete", "httproute", "split", "-n", "shop", "-m", "the end & more")).isZero();

    run("history");
    assertThat(out.toString()).contains("the end & more");
  }

  @Test
  void get_severalKinds_areThoseAlone() throws Exception {
    run("apply", "-f", file("7"));

    assertThat(run("get", "httproute,grpcroute", "-A", "-o", "name")).isZero();
    assertThat(out.toString().lines()).containsExactly("httproute/shop/split");
    assertThat(run("get", "service,grpcroute", "-A", "-o", "name")).isZero();
    assertThat(out.toString()).isEmpty();
    assertThat(run("get", "httproute,grpcroot")).isEqualTo(2);
  }

  @Test
  void diff_onATerminal_isInColour() throws Exception {
    run("apply", "-f", file("1"));
    out.getBuffer().setLength(0);

    Endomesh.configured(new CommandLine(new Endomesh()))
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.ON))
        .setOut(new PrintWriter(out, true))
        .execute(
            "diff",
            "-f",
            file("7"),
            "--controller=http://127.0.0.1:" + controller.address().getPort());

    assertThat(out.toString()).containsPattern("\u001b\\[32m\\+ .*weight: 7\u001b\\[0m");
  }

  @Test
  void export_thenApply_givesBackWhatThereWas() throws Exception {
    run("apply", "-f", file("7"));
    assertThat(run("export")).isZero();
    String exported = out.toString();
    assertThat(exported).contains("weight: 7").doesNotContain("resourceVersion", "status:");
    run("delete", "httproute", "split", "-n", "shop");
    Path file = Files.writeString(directory.resolve("exported.yaml"), exported);

    assertThat(run("apply", "-f", file.toString())).isZero();

    run("export");
    assertThat(out.toString()).isEqualTo(exported);
    assertThat(run("export", "--kind", "service")).isZero();
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void describe_resource_tellsItsHistoryAndItsYaml() throws Exception {
    run("apply", "-f", file("7"), "-m", "the first");

    assertThat(run("describe", "httproute", "split", "-n", "shop")).isZero();

    assertThat(out.toString())
        .contains("HTTPRoute/shop/split", "the first", "condition", "weight: 7");
  }

  @Test
  void edit_editorThatChangesAWeight_appliesIt() throws Exception {
    run("apply", "-f", file("7"));

    assertThat(edit("sed -i s/7/9/", "-m", "more")).isZero();

    run("get", "httproute", "split", "-n", "shop", "-o", "yaml");
    assertThat(out.toString()).contains("weight: 9");
    run("history");
    assertThat(out.toString()).contains("more");
    assertThat(edit("true")).isZero();
    assertThat(out.toString()).contains("unchanged");
  }

  @Test
  void edit_invalidTwice_keepsTheFileAndChangesNothing() throws Exception {
    run("apply", "-f", file("7"));

    assertThat(edit("sed -i 's/weight: 7/weight: -7/'")).isEqualTo(7);
    assertThat(err.toString()).contains("weight").contains("what was written is in ");
    String kept = err.toString().replaceAll("(?s).*what was written is in (\\S+).*", "$1");
    // The second time the reason stands above it.
    assertThat(Files.readString(Path.of(kept))).startsWith("#! ").contains("weight: -7");
    Files.delete(Path.of(kept));
    assertThat(edit("false")).isEqualTo(1);
    run("get", "httproute", "split", "-n", "shop", "-o", "yaml");
    assertThat(out.toString()).contains("weight: 7");
  }

  private int edit(String editor, String... more) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of("httproute", "split", "-n", "shop"));
    all.addAll(List.of(more));
    all.add("--controller=http://127.0.0.1:" + controller.address().getPort());
    EditCommand command = new EditCommand(name -> name.equals("EDITOR") ? editor : null);
    return Endomesh.configured(new CommandLine(command))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  @Test
  void diff_sameThenOther_endsWith0Then1AndChangesNothing() throws Exception {
    run("apply", "-f", file("1"));

    assertThat(run("diff", "-f", file("1"))).isZero();
    assertThat(out.toString()).isEmpty();
    assertThat(run("diff", "-f", file("7"))).isEqualTo(1);
    assertThat(out.toString())
        .contains("HTTPRoute shop/split would be configured")
        .containsPattern("(?m)^- .*weight: 1$")
        .containsPattern("(?m)^\\+ .*weight: 7$");
    assertThat(run("diff", "-f", file("-1"))).isEqualTo(7);
    run("get", "httproute", "split", "-n", "shop", "-o", "yaml");
    assertThat(out.toString()).contains("weight: 1");
  }

  @Test
  void put_revisionThatMoved_endsWith6AndChangesNothing() throws Exception {
    run("apply", "-f", file("1"));
    run("apply", "-f", file("7"));
    ApiClient api = new ApiClient("http://127.0.0.1:" + controller.address().getPort(), null, null);
    String path = "namespaces/shop/httproutes/split";

    for (long stale : new long[] {0, 1}) {
      assertThatThrownBy(() -> api.put(path, ROUTE.replace("WEIGHT", "1"), stale))
          .isInstanceOfSatisfying(
              CommandFailed.class, e -> assertThat(e.exit()).isEqualTo(Exit.CONFLICT));
      assertThatThrownBy(() -> api.delete(path, stale)).isInstanceOf(CommandFailed.class);
    }
    run("get", "httproute", "split", "-n", "shop", "-o", "yaml");
    assertThat(out.toString()).contains("weight: 7");
  }

  private int rollback(String revision, String... more) {
    String[] all = {"rollback", "httproute", "split", "-n", "shop", "--to", revision};
    String[] arguments = Arrays.copyOf(all, all.length + more.length);
    System.arraycopy(more, 0, arguments, all.length, more.length);
    return run(arguments);
  }

  @Test
  void authz_denyAllowReset_areOneLineOfPolicyEach() throws Exception {
    assertThat(run("authz", "deny", "marketing", "payments")).isZero();
    assertThat(out.toString())
        .contains("marketing -> payments: denied by DepartmentPolicy/endomesh-system/departments");
    assertThat(run("authz", "check", "marketing", "payments")).isEqualTo(10);
    assertThat(run("authz", "check", "payments", "marketing")).isZero();

    assertThat(run("authz", "allow", "shop", "payments")).isZero();
    assertThat(run("get", "departmentpolicies", "-n", "endomesh-system", "-o", "yaml")).isZero();
    assertThat(out.toString()).contains("shop -> payments", "marketing -> payments");
    out.getBuffer().setLength(0);
    assertThat(run("authz", "matrix")).isZero();
    assertThat(out.toString())
        .containsPattern("FROM . TO +marketing +payments +shop")
        .containsPattern("marketing +· +denied +open")
        .containsPattern("shop +open +allowed +·");

    assertThat(run("authz", "reset", "shop", "payments")).isZero();
    assertThat(run("authz", "allow", "marketing", "payments", "--preview")).isZero();
    assertThat(out.toString()).contains("would be: marketing -> payments: allowed by");
    assertThat(run("authz", "check", "marketing", "payments")).isEqualTo(10);
    assertThat(run("authz", "allow", "marketing", "payments")).isZero();
    assertThat(run("authz", "check", "marketing", "payments")).isZero();
    assertThat(run("authz", "dry-run")).isZero();
    assertThat(out.toString()).contains("POLICY");
  }

  @Test
  void authz_whatIsNoDepartment_saysWhatIsExpected() {
    assertThat(run("authz", "deny", "Marketing", "payments")).isEqualTo(7);
    assertThat(err.toString())
        .contains("spec.deny[0]: 'Marketing -> payments' (expected: two departments");
    assertThat(run("authz", "check", "nobody", "payments")).isEqualTo(3);
  }

  @Test
  void mtls_ofWhatIsNotThere_saysWhatIsExpected() {
    assertThat(run("mtls", "status")).isZero();
    assertThat(out.toString()).contains("SERVICE", "IN PLAINTEXT BY", "since ");
    assertThat(run("mtls", "strict", "nowhere")).isEqualTo(7);
    assertThat(err.toString()).contains("scope: 'nowhere' (expected: mesh, the namespace of");
    assertThat(run("mtls", "strict", "mesh", "--last", "yesterday")).isEqualTo(2);
  }

  @Test
  void mtls_strictAndBack_changesTheOnePolicyOfTheScope() throws Exception {
    assertThat(run("mtls", "strict", "mesh", "--preview")).isZero();
    assertThat(run("get", "peerauthentications", "-n", "endomesh-system")).isZero();
    assertThat(out.toString()).doesNotContain("default");

    assertThat(run("mtls", "strict", "mesh")).isZero();
    assertThat(out.toString()).contains("PeerAuthentication endomesh-system/default applied");
    assertThat(run("mtls", "permissive", "mesh")).isZero();
    assertThat(run("get", "peerauthentications", "-n", "endomesh-system", "-o", "json")).isZero();
    assertThat(new ObjectMapper().readTree(out.toString()).at("/items"))
        .singleElement()
        .satisfies(one -> assertThat(one.at("/spec/mtls/mode").asText()).isEqualTo("PERMISSIVE"));
  }

  @Test
  void token_createListRevoke_goTogether() throws Exception {
    assertThat(run("token", "create", "-n", "shop")).isZero();
    assertThat(out.toString()).startsWith("em1.");

    assertThat(run("token", "list", "-o", "json")).isZero();
    String id = new ObjectMapper().readTree(out.toString()).at("/tokens/0/id").asText();
    assertThat(run("token", "revoke", id)).isZero();
    assertThat(run("token", "revoke", id)).isEqualTo(3);
  }

  @Test
  void token_withUsesAndLabels_listsWhatIsLeft() throws Exception {
    assertThat(
            run(
                "token",
                "create",
                "-n",
                "shop",
                "--service",
                "orders",
                "--uses",
                "3",
                "--label",
                "version=v1",
                "--label",
                "tier=gold"))
        .isZero();
    assertThat(run("token", "create", "-n", "shop")).isZero();

    assertThat(run("token", "list")).isZero();

    assertThat(out.toString().lines().toList().get(0)).contains("LABELS", "USES LEFT");
    assertThat(out.toString().lines().toList().get(1))
        .contains("orders", "tier=gold,version=v1", "3 of 3");
    assertThat(out.toString().lines().toList().get(2)).contains("*", "any");
    assertThat(run("token", "create", "-n", "shop", "--uses", "0")).isEqualTo(7);
    assertThat(err.toString()).contains("uses: 0 (expected: a number from 1)");
  }

  @Test
  void check_freshController_isFine() {
    assertThat(run("check")).isZero();
    assertThat(out.toString())
        .contains("ok       controller")
        .contains("clocks agree")
        .contains("note     EC0402  no login is needed")
        .contains("start the controller with --login");
  }

  @Test
  void config_workloadThatAcknowledges_namesWhatItHas() throws Exception {
    try (TestWorkload orders =
        TestWorkload.start(controller, directory.resolve("data"), "shop", "orders", "orders-1")) {
      orders.join(Map.of("app", "orders"), 18080);
      try (DeltaClient client = new DeltaClient(orders)) {
        client.subscribe(ResourceType.LISTENER, "orders");
        DeltaDiscoveryResponse sent = client.found();
        assertThat(run("config", "orders-1")).isZero();
        assertThat(out.toString())
            .containsPattern("state +not acknowledged yet")
            .containsPattern("Listener +orders");

        client.ack(sent);
        while (!out.toString().contains("up to date")) {
          assertThat(run("config", "orders-1", "-n", "shop")).isZero();
        }
        assertThat(run("config", "orders-1", "-o", "jsonpath={.subscriptions.Listener[0]}"))
            .isZero();
        assertThat(out.toString().strip()).isEqualTo("orders");
      }
    }
    assertThat(run("config", "nobody")).isEqualTo(3);
    assertThat(err.toString()).contains("workload nobody is not known");
  }

  @Test
  void check_workloadThatIsGone_namesCodeAndRemedy() throws Exception {
    try (TestWorkload orders =
        TestWorkload.start(controller, directory.resolve("data"), "shop", "orders", "orders-1")) {
      orders.join(
          orders.registration(Map.of("app", "orders"), 18080).toBuilder()
              .setAgentVersion("0.0.9")
              .build());
      assertThat(run("check")).isZero();
      // Another version than the controller's is no fault.
      assertThat(out.toString()).contains("note     EC0207  orders-1: agent 0.0.9");

      orders.kill();
      while (run("check") == 0) {
        Thread.onSpinWait();
      }
    }

    assertThat(out.toString())
        .contains("warning  EC0202  orders-1 has lost its connection")
        .contains("look whether it still runs");
    assertThat(run("check", "-o", "json")).isEqualTo(10);
    assertThat(new ObjectMapper().readTree(out.toString()).at("/findings").findValuesAsText("code"))
        .contains("EC0202", "EC0402");
  }

  @Test
  void anyCommand_nobodyThere_endsWith5AndSaysWhatToDo() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }

    assertThat(runAt(free, "status")).isEqualTo(5);
    assertThat(err.toString()).contains("does not answer").contains("endomesh controller");
  }

  @Test
  void everyCommand_hasHelp() {
    CommandSpec spec = Endomesh.configured(new CommandLine(new Endomesh())).getCommandSpec();

    assertThat(spec.subcommands()).hasSizeGreaterThan(9);
    spec.subcommands()
        .forEach(
            (name, command) ->
                assertThat(command.getUsageMessage()).as(name).contains("Usage: endomesh " + name));
  }
}
