package io.endomesh.controller.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.endomesh.controller.analyze.Analyzer;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.translate.AppliedResource;
import io.endomesh.controller.translate.Drafts;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.OwnershipConditions;
import io.endomesh.controller.translate.Scope;
import io.endomesh.controller.translate.TestModels;
import io.endomesh.dataplane.fuzz.Fuzzing;
import io.endomesh.dataplane.fuzz.Mutator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Resources that nobody would write: they are refused by name, or they become configuration that
 * agents take. Also a target of Jazzer.
 */
public class ResourcesFuzzTest {

  private static final Path CORPUS = Path.of("src/test/corpus");

  private static final Mutator MUTATOR =
      new TreeMutator(
          Mutator.of(
              "{",
              "}",
              "[",
              "]",
              ": ",
              "- ",
              "\n",
              "\n---\n",
              "  ",
              "&a ",
              "*a",
              "!!set ",
              "!!int ",
              "!!binary ",
              "? ",
              "~",
              "null",
              "true",
              "''",
              "\"\\0\"",
              "\"\\uD800\"",
              "'*'",
              "'/**'",
              "'(a{99}){99}'",
              "'{*}/{**}'",
              "kind: ",
              "metadata: ",
              "spec: ",
              "name: ",
              "namespace: ",
              "1e9",
              "0.1s",
              "-1s",
              "9999999h",
              "<<: *a",
              "orders",
              "shop",
              "*.shop",
              "'%'",
              "'[::1]'",
              "weight: 0",
              "port: 65535",
              "é"));

  private static final List<Workload> WORKLOADS =
      List.of(
          TestModels.workload("shop/orders", Map.of("version", "v1"), 8080),
          TestModels.workload("shop/orders", Map.of("version", "v2"), 8082),
          TestModels.workload("shop/payments", Map.of(), 8080),
          TestModels.workload("finance/ledger", Map.of(), 8080),
          TestModels.workload("shop/storefront", Map.of(), 8080));

  private static final List<String> HOSTS =
      List.of(
          "orders", "payments", "ledger.finance", "orders-db", "api.partner.example", "website");

  /** None that says what is wrong is thrown but the one that says by name. */
  public static void fuzzerTestOneInput(byte[] input) {
    List<ParsedResource> accepted = new ArrayList<>();
    try {
      for (Map<?, ?> document :
          ResourceParser.documents(new String(input, StandardCharsets.UTF_8))) {
        try {
          accepted.add(ResourceParser.parse(document));
        } catch (InvalidResourceException refused) {
          assertThat(refused.getMessage()).hasSizeLessThan(10_000);
        }
      }
    } catch (InvalidResourceException refused) {
      assertThat(refused.getMessage()).hasSizeLessThan(10_000);
    }
    if (!accepted.isEmpty()) {
      use(accepted);
    }
  }

  private static int used;

  private static void use(List<ParsedResource> accepted) {
    used++;
    for (ParsedResource resource : accepted) {
      // As the next start of a controller does.
      assertThatCode(() -> ResourceParser.parseStored(resource.key(), resource.body()))
          .doesNotThrowAnyException();
    }
    MeshModel model = Drafts.over(TestModels.of(WORKLOADS), accepted);
    for (AppliedResource resource : model.resources()) {
      OwnershipConditions.of(resource.resource(), model);
    }
    Analyzer.offline(model);
    for (String service : List.of("storefront", "orders")) {
      AgentView view =
          new AgentView(model, new Scope("shop", Map.of("app", service), Scope.Dialect.AGENT));
      HOSTS.forEach(view::host);
      view.inbound(8080);
      assertThat(view.rejections()).isEmpty();
    }
  }

  @Test
  void resources_mutated_areRefusedByNameOrTaken() throws Exception {
    List<byte[]> corpus = new ArrayList<>(Fuzzing.corpus("resources"));
    corpus.addAll(Fuzzing.files(CORPUS, ".yaml"));
    used = 0;
    Fuzzing.run(corpus, MUTATOR, 4_000, ResourcesFuzzTest::fuzzerTestOneInput);
    // Else it would show only that YAML is read well.
    assertThat(used).isGreaterThan(800);
  }
}
