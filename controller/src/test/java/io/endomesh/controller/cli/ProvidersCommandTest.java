package io.endomesh.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.TestWorkload;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Whose word counts beside the mesh's own, as the command line and the API tell it. */
@Timeout(60)
class ProvidersCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String RESOURCES =
      """
      apiVersion: security.istio.io/v1
      kind: RequestAuthentication
      metadata: {name: people, namespace: shop}
      spec:
        jwtRules:
        - issuer: https://login.example
          audiences: [shop]
          jwks: '{"keys":[{"kid":"one","kty":"OKP","crv":"Ed25519","alg":"EdDSA","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}'
        - {issuer: "https://10.255.255.1", audiences: [shop]}
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: people-only, namespace: shop}
      spec:
        rules: [{from: [{source: {requestPrincipals: ["https://login.example/*"]}}]}]
      ---
      apiVersion: endomesh.io/v1
      kind: ExtAuthzProvider
      metadata: {name: opa, namespace: endomesh-system}
      spec: {service: opa.policies, port: 9191, statusOnError: "503"}
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: ask-opa, namespace: shop}
      spec: {action: CUSTOM, provider: {name: opa}, rules: [{}]}
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: ask-nobody, namespace: shop}
      spec: {action: CUSTOM, provider: {name: gone}, rules: [{}]}
      """;

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Controller controller;

  @BeforeEach
  void start() throws Exception {
    controller =
        Controller.start(
            new ControllerOptions(
                "127.0.0.1",
                0,
                null,
                directory.resolve("data"),
                "endomesh.local",
                Duration.ofMinutes(1),
                null,
                /* loginRequired= */ false));
    Path file = Files.writeString(directory.resolve("all.yaml"), RESOURCES);
    assertThat(run("apply", "-f", file.toString())).as(err.toString()).isZero();
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  @Test
  void issuers_ofRequests_areListedWithTheirKeysAndWhoAsksForTheirTokens() throws Exception {
    JsonNode issuers = json("authz", "issuers");

    assertThat(issuers).hasSize(2);
    JsonNode inline = issuers.get(0);
    assertThat(inline.path("field").asText()).isEqualTo("spec.jwtRules[0]");
    assertThat(inline.path("keysFrom").isNull()).isTrue();
    assertThat(inline.path("keys")).hasSize(1);
    assertThat(inline.at("/keys/0/kid").asText()).isEqualTo("one");
    assertThat(inline.at("/keys/0/x").isMissingNode()).as("no more than needed").isTrue();
    assertThat(inline.path("policies")).hasSize(1);
    assertThat(inline.at("/policies/0/name").asText()).isEqualTo("people-only");
    JsonNode asked = issuers.get(1);
    assertThat(asked.path("discovered").asBoolean()).isTrue();
    assertThat(asked.path("policies")).isEmpty();
    assertThat(run("authz", "issuers")).isZero();
    assertThat(out.toString()).contains("https://login.example").contains("come along");
  }

  @Test
  void issuer_thatIsNotAsked_saysWhyAndSinceWhen() throws Exception {
    JsonNode asked = json("authz", "issuers").get(1);
    // It is asked in the background, and refused at once: its address is not public.
    while (asked.path("failure").isNull()) {
      asked = json("authz", "issuers").get(1);
    }
    assertThat(asked.path("failure").asText()).contains("its address is not a public one");
    assertThat(asked.path("failingSince").isTextual()).isTrue();
    assertThat(asked.path("fetchedAt").isNull()).isTrue();
  }

  @Test
  void providers_ofTheMesh_areListedWithWhoAsksThem_andWhoAsksNobody() throws Exception {
    try (TestWorkload opa =
        TestWorkload.start(controller, directory.resolve("data"), "policies", "opa", "opa-1")) {
      opa.join(Map.of(), 9191);
      JsonNode answer = json("authz", "providers");
      while (answer.at("/providers/0/connected").isNull()) {
        answer = json("authz", "providers");
      }
      JsonNode provider = answer.at("/providers/0");
      assertThat(provider.path("serviceId").asText()).isEqualTo("policies/opa");
      assertThat(provider.path("connected").asInt()).isEqualTo(1);
      assertThat(provider.path("statusOnError").asInt()).isEqualTo(503);
      assertThat(provider.path("policies")).hasSize(1);
      assertThat(provider.at("/policies/0/name").asText()).isEqualTo("ask-opa");
      assertThat(answer.path("missing")).hasSize(1);
      assertThat(answer.at("/missing/0/name").asText()).isEqualTo("ask-nobody");
      assertThat(run("authz", "providers")).isZero();
      assertThat(out.toString())
          .contains("refused with 503")
          .contains("AuthorizationPolicy/shop/ask-nobody asks gone, which is not there");
    }
  }

  private JsonNode json(String... arguments) throws Exception {
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = "--output=JSON";
    assertThat(run(all)).as(err.toString()).isZero();
    return JSON.readTree(out.toString());
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = "--controller=http://127.0.0.1:" + controller.address().getPort();
    return Endomesh.configured(new CommandLine(new Endomesh()))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }
}
