package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.ForeignHeaders;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.AddressRange;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.identity.TestAuthority;
import io.endomesh.dataplane.route.StringMatch;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Headers of proxies")
class ForeignHeadersTest extends Conformance {

  private static final String CERTIFICATE = "x-forwarded-client-cert";

  @BeforeEach
  void start() {
    publish(Authorization.ALLOW_ALL);
  }

  @ParameterizedTest
  @CsvSource({
    // caller, stays
    ", false",
    "spiffe://td/ns/shop/sa/ingress, true",
    "spiffe://td.example/ns/shop/sa/ingress, false",
    "spiffe://t/ns/shop/sa/ingress, false",
  })
  @DisplayName(
      "a certificate that was verified elsewhere is believed from callers that prove an identity of"
          + " this mesh only (Envoy SANITIZE for others)")
  void certificate(@Nullable String caller, boolean stays) {
    TestRequest request =
        TestRequest.get("web", "/").header(CERTIFICATE, "URI=spiffe://td/ns/shop/sa/orders");
    mesh.serve(caller == null ? request : request.from(caller));
    assertThat(request.header(CERTIFICATE) != null).isEqualTo(stays);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-real-ip",
        "x-envoy-attempt-count"
      })
  @DisplayName(
      "what an ingress writes stays until somebody says where proxies are; then it is taken out of"
          + " requests from elsewhere")
  void forwarded(String name) {
    assertThat(afterwards(name)).isEqualTo("1");
    mesh.foreignHeaders(new ForeignHeaders(List.of()));
    assertThat(afterwards(name)).isNull();
    mesh.foreignHeaders(new ForeignHeaders(List.of(AddressRange.parse("10.0.0.0/8"))));
    assertThat(afterwards(name)).isNull();
    mesh.foreignHeaders(new ForeignHeaders(List.of(AddressRange.parse("127.0.0.1"))));
    assertThat(afterwards(name)).isEqualTo("1");
  }

  @Test
  @DisplayName("policies do not see what is taken out")
  void policies() {
    Condition believed = new Condition.Header(CERTIFICATE, new StringMatch.Present());
    publish(
        new Authorization(
            List.of(),
            List.of(new Policy("by-header", List.of(new Policy.Rule(Condition.ANY, believed))))));
    TestRequest request = TestRequest.get("web", "/").header(CERTIFICATE, "URI=a", "URI=b");
    assertThat(mesh.serve(request).refusal().status()).isEqualTo(403);
  }

  @Test
  @DisplayName("other headers stay as they are")
  void others() {
    mesh.foreignHeaders(new ForeignHeaders(List.of()));
    assertThat(afterwards("authorization")).isEqualTo("1");
    assertThat(afterwards("traceparent")).isEqualTo("1");
  }

  private @Nullable String afterwards(String name) {
    TestRequest request = TestRequest.get("web", "/").header(name, "1");
    assertThat(mesh.serve(request).refusal()).isNull();
    return request.header(name);
  }

  private void publish(Authorization authorization) {
    Inbound.Port port = new Inbound.Port(Inbound.TlsMode.PERMISSIVE, authorization);
    mesh.publish(
        new Snapshot(
            1,
            Map.of(),
            new Inbound(Map.of(), port),
            new TestAuthority().identity("spiffe://td/ns/shop/sa/web")));
  }
}
