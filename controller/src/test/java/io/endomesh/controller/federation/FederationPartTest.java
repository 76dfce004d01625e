package io.endomesh.controller.federation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.jwks.KeyFetchOptions;
import io.endomesh.controller.kinds.SpiffeBundle;
import io.endomesh.dataplane.authorize.AddressRange;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One controller asks another for its roots, as the other proves itself by its SPIFFE id. */
@Timeout(60)
class FederationPartTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;
  private final HttpClient http = HttpClient.newHttpClient();

  private Controller start(String trustDomain) throws Exception {
    return Controller.start(
        new ControllerOptions(
                "127.0.0.1",
                0,
                null,
                directory.resolve(trustDomain),
                trustDomain,
                Duration.ofSeconds(3),
                null,
                /* loginRequired= */ false)
            .fetchingBundles(
                new KeyFetchOptions(
                    List.of(AddressRange.parse("127.0.0.0/8")), null, Duration.ofMinutes(5))));
  }

  private String send(Controller controller, String method, String path, String body)
      throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + controller.address().getPort() + path))
                .header("x-endomesh-request", "test")
                .header("content-type", "application/yaml")
                .method(
                    method,
                    body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static String federated(Controller with, String trustDomain, String bundle) {
    return """
    apiVersion: spire.spiffe.io/v1alpha1
    kind: ClusterFederatedTrustDomain
    metadata: {name: partner, namespace: endomesh-system}
    spec:
      trustDomain: %s
      bundleEndpointURL: https://127.0.0.1:%d/spiffe/bundle
      bundleEndpointProfile:
        type: https_spiffe
        endpointSPIFFEID: spiffe://%s/ns/endomesh-system/sa/controller
      trustDomainBundle: '%s'
    """
        .formatted(trustDomain, with.address().getPort(), trustDomain, bundle);
  }

  @Test
  void bundle_isServedToAnybody_withASequenceThatGrowsWithTheRoots() throws Exception {
    try (Controller controller = start("ours.example")) {
      String bundle = send(controller, "GET", "/spiffe/bundle", "");
      SpiffeBundle read = SpiffeBundle.parse(bundle);
      assertThat(read.roots()).hasSize(1);
      assertThat(read.refreshHint()).isEqualTo(Duration.ofMinutes(5));
      JsonNode key = JSON.readTree(bundle).at("/keys/0");
      assertThat(key.path("use").asText()).isEqualTo("x509-svid");
      assertThat(key.path("kty").asText()).isEqualTo("EC");
      assertThat(key.path("x").asText()).hasSizeGreaterThan(40);
      assertThat(key.has("kid")).isFalse();
      assertThat(send(controller, "GET", "/spiffe/bundle", "")).isEqualTo(bundle);

      send(controller, "POST", "/api/v1/ca/rotate", "{}");

      SpiffeBundle both = SpiffeBundle.parse(send(controller, "GET", "/spiffe/bundle", ""));
      assertThat(both.roots()).hasSize(2).containsAll(read.roots());
      assertThat(both.sequence()).isGreaterThan(Objects.requireNonNull(read.sequence()));
    }
  }

  @Test
  void partner_isAskedByItsSpiffeId_andItsNextRootIsLearned() throws Exception {
    try (Controller ours = start("ours.example");
        Controller partner = start("partner.example")) {
      String first = send(partner, "GET", "/spiffe/bundle", "");
      send(
          ours, "POST", "/api/v1/apply?dryRun=false", federated(partner, "partner.example", first));

      JsonNode now =
          JSON.readTree(send(ours, "POST", "/api/v1/federation/partner.example/refresh", "{}"));
      assertThat(now.path("failure").isNull()).as(now.toString()).isTrue();
      assertThat(now.path("roots")).hasSize(1);

      send(partner, "POST", "/api/v1/ca/rotate", "{}");
      send(ours, "POST", "/api/v1/federation/partner.example/refresh", "{}");
      JsonNode status = JSON.readTree(send(ours, "GET", "/api/v1/federation", ""));
      assertThat(status.at("/federated/0/roots")).hasSize(2);
      assertThat(status.path("trustDomain").asText()).isEqualTo("ours.example");
      assertThat(
              send(
                  ours,
                  "GET",
                  "/api/v1/namespaces/endomesh-system/clusterfederatedtrustdomains/partner",
                  ""))
          .contains("BundleFetched", "\"True\"");
    }
  }

  @Test
  void trustDomain_ofOurOwn_isInForceNowhere() throws Exception {
    try (Controller ours = start("ours.example")) {
      String bundle = send(ours, "GET", "/spiffe/bundle", "");
      send(ours, "POST", "/api/v1/apply?dryRun=false", federated(ours, "ours.example", bundle));
      assertThat(JSON.readTree(send(ours, "GET", "/api/v1/federation", "")).path("federated"))
          .isEmpty();
      assertThat(
              send(
                  ours,
                  "GET",
                  "/api/v1/namespaces/endomesh-system/clusterfederatedtrustdomains/partner",
                  ""))
          .contains("Conflicted", "expected: another than that of this mesh");
    }
  }

  @Test
  void partner_thatIsGone_isShownWithTheTimeSince() throws Exception {
    try (Controller ours = start("ours.example")) {
      String yaml;
      try (Controller partner = start("partner.example")) {
        yaml = federated(partner, "partner.example", send(partner, "GET", "/spiffe/bundle", ""));
      }
      send(ours, "POST", "/api/v1/apply?dryRun=false", yaml);
      JsonNode now =
          JSON.readTree(send(ours, "POST", "/api/v1/federation/partner.example/refresh", "{}"));
      assertThat(now.path("failure").asText()).contains("cannot be reached");
      assertThat(now.path("failingSince").asText()).isNotEmpty();
      assertThat(now.path("roots")).hasSize(1);
    }
  }
}
