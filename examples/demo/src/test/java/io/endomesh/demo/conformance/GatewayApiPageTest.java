package io.endomesh.demo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keeps docs/gateway-api.md, and the figure in the README, what the cases say. */
class GatewayApiPageTest {

  private static final Path ROOT = Path.of("../..");
  private static final Path PAGE = ROOT.resolve("docs/gateway-api.md");
  private static final String REGENERATE =
      "./mvnw -pl examples/demo test -Dtest=GatewayApiPageTest -Dconformance.write=true";

  private final List<MeshCase> cases;
  private final List<MeshCase> policies;

  GatewayApiPageTest() throws Exception {
    cases = MeshCase.all("gateway-api");
    policies = MeshCase.all("policies");
  }

  @Test
  void cases_areGatewayApisOwn() {
    assertThat(cases).extracting(MeshCase::name).isSubsetOf(MeshCase.NAMES).doesNotHaveDuplicates();
    assertThat(cases).allSatisfy(each -> assertThat(each.calls()).isNotEmpty());
  }

  @Test
  void readme_statesHowManyThereAre() throws Exception {
    assertThat(Files.readString(ROOT.resolve("README.md")))
        .contains("**" + count() + "** MESH conformance cases");
  }

  @Test
  void page_saysWhatTheCasesSay() throws Exception {
    String page = page();
    if (Boolean.getBoolean("conformance.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
        .as("docs/gateway-api.md (expected: what the cases say; write it by %s)", REGENERATE)
        .isEqualTo(page);
  }

  private String count() {
    return cases.size() + " of " + MeshCase.NAMES.size();
  }

  private String page() {
    StringBuilder page = new StringBuilder("# Gateway API conformance\n\n");
    page.append("The mesh shows what it must in ").append(count());
    page.append(
        """
         MESH conformance cases of Gateway API (profiles MESH-HTTP and
        MESH-GRPC, core and extended). They carry Gateway API's own names, and ask for what its suite asks for: status, headers both
        ways, who answered, shares of 500 calls; beyond it, the path that arrived and the whole address of a redirect.

        `./endomesh test` runs them between real processes: a controller, and three workloads under the packaged agent (`echo-v1`,
        `echo-v2`, and a caller in another namespace) that serve by Tomcat and gRPC and call by `java.net.http` and gRPC. What a case
        applies goes through the REST API. The cases are files, one each, in `examples/demo/src/test/resources/gateway-api`. They are
        of Gateway API as it was on 2026-08-21.

        Without Kubernetes a call names a service, in its URL, and no cluster IP; the ports of instances are what they bound.

        This page is generated: \
        """);
    page.append('`').append(REGENERATE).append("`.\n\n");
    page.append("| case | profile | shows |\n| --- | --- | --- |\n");
    for (MeshCase each : cases) {
      page.append(
          "| %s | %s, %s | %s%s |\n"
              .formatted(
                  each.name(),
                  each.profile(),
                  each.core() ? "core" : "extended",
                  each.about(),
                  each.mapped().isEmpty() ? "" : " (" + each.mapped() + ")"));
    }
    return page.append(ours()).toString();
  }

  private String ours() {
    StringBuilder table = new StringBuilder();
    table.append(
        """

        ## Beyond Gateway API

        %d more cases, in `examples/demo/src/test/resources/policies`, show in the same way what the mesh does by Istio's, SMI's and its own
        kinds, also for hosts outside of it.

        | case | shows |
        | --- | --- |
        """
            .formatted(policies.size()));
    for (MeshCase each : policies) {
      table.append("| %s | %s |\n".formatted(each.name(), each.about()));
    }
    return table.toString();
  }
}
