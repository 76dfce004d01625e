package io.endomesh.controller.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.federation.Bundles;
import io.endomesh.dataplane.identity.TestAuthority;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bundles as the standard has them, and the resource that holds one. */
class SpiffeBundleTest {

  private static final TestAuthority AUTHORITY = new TestAuthority();

  private static final String KEY = Bundles.key(AUTHORITY.root());

  private static final String LEAF =
      Bundles.key(AUTHORITY.certificate(TestAuthority.newKey(), "spiffe://td/a"));

  @Test
  void bundle_ofTheStandard_isRead_andOtherUsesArePassedOver() {
    SpiffeBundle bundle =
        SpiffeBundle.parse(
            "{\"keys\":["
                + KEY
                + ",{\"use\":\"jwt-svid\",\"kty\":\"EC\",\"kid\":\"a\"},{\"use\":\"later\"},{}],"
                + "\"spiffe_sequence\":3,\"spiffe_refresh_hint\":60,\"more\":true}");

    assertThat(bundle.roots()).containsExactly(AUTHORITY.root());
    assertThat(bundle.sequence()).isEqualTo(3);
    assertThat(bundle.refreshHint()).isEqualTo(Duration.ofSeconds(60));
    SpiffeBundle bare = SpiffeBundle.parse("{\"keys\":[" + KEY + "]}");
    assertThat(bare.sequence()).isNull();
    assertThat(bare.refreshHint()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "no json                                               | no JSON",
        "[]                                                    | no member keys",
        "{\"keys\":[],\"keys\":[]}                             | no JSON",
        "{\"keys\":[{\"use\":\"x509-svid\"}]}                   | x5c of 0 certificates",
        "{\"keys\":[{\"use\":\"x509-svid\",\"x5c\":[\"a\",\"b\"]}]} | x5c of 2 certificates",
        "{\"keys\":[{\"use\":\"x509-svid\",\"x5c\":[\"AAAA\"]}]}  | x5c is no certificate",
        "{\"keys\":[{\"use\":\"x509-svid\",\"x5c\":[\"*\"]}]}     | x5c is no certificate",
        "{\"keys\":[],\"spiffe_sequence\":-1}                  | spiffe_sequence is no count",
        "{\"keys\":[],\"spiffe_sequence\":\"7\"}               | spiffe_sequence is no count",
        "{\"keys\":[],\"spiffe_sequence\":1e30}                | spiffe_sequence is no count",
        "{\"keys\":[],\"spiffe_refresh_hint\":1.5}             | spiffe_refresh_hint is no count",
      })
  void bundle_thatIsNone_isRefused_sayingWhy(String text, String why) {
    assertThatThrownBy(() -> SpiffeBundle.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("it is no SPIFFE bundle: ")
        .hasMessageContaining(why);
  }

  @Test
  void bundle_thatCannotBeTrusted_isRefused() {
    assertThatThrownBy(() -> SpiffeBundle.parse("{\"keys\":[" + LEAF + "]}"))
        .hasMessageContaining("no authority's (CA:FALSE)");
    assertThatThrownBy(
            () -> SpiffeBundle.parse("{\"keys\":[" + KEY + "]" + " ".repeat(200_000) + "}"))
        .hasMessageContaining("longer than");
  }

  private static ParsedResource resource(String namespace, String spec) throws Exception {
    return ResourceParser.parseAll(
            "apiVersion: spire.spiffe.io/v1alpha1\nkind: ClusterFederatedTrustDomain\n"
                + "metadata: {name: p, namespace: "
                + namespace
                + "}\nspec: "
                + spec)
        .get(0);
  }

  private static final String WEB =
      "{trustDomain: p.example, bundleEndpointURL: 'https://p.example/b',"
          + " bundleEndpointProfile: {type: https_web}}";

  @Test
  void resource_ofAnotherNamespace_isRefused() throws Exception {
    assertThat(resource("endomesh-system", WEB).resource())
        .isInstanceOf(FederatedTrustDomain.class);
    assertThatThrownBy(() -> resource("shop", WEB))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining("metadata.namespace: 'shop' (expected: endomesh-system)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "trustDomain: P/x, bundleEndpointURL: 'https://p/b', bundleEndpointProfile: {type:"
            + " https_web} | spec.trustDomain: 'P/x' (expected: lower-case letters",
        "trustDomain: p, bundleEndpointURL: 'http://p/b', bundleEndpointProfile: {type: https_web}"
            + " | spec.bundleEndpointURL: 'http://p/b' (expected: an https URL; no https)",
        "trustDomain: p, bundleEndpointURL: 'https://p/b'"
            + " | spec.bundleEndpointProfile: absent (expected: an object)",
        "trustDomain: p, bundleEndpointURL: 'https://p/b', bundleEndpointProfile: {type: web}"
            + " | type: 'web' (expected: https_web or https_spiffe)",
        "trustDomain: p, bundleEndpointURL: 'https://p/b', bundleEndpointProfile:"
            + " {type: https_spiffe, endpointSPIFFEID: 'spiffe://q/a'}"
            + " | endpointSPIFFEID: 'spiffe://q/a' (expected: a SPIFFE id of p)",
        "trustDomain: p, bundleEndpointURL: 'https://p/b', bundleEndpointProfile:"
            + " {type: https_spiffe}"
            + " | endpointSPIFFEID: absent (expected: a SPIFFE id of p)",
        "trustDomain: p, bundleEndpointURL: 'https://p/b', bundleEndpointProfile:"
            + " {type: https_spiffe, endpointSPIFFEID: 'spiffe://p/a'}"
            + " | spec.trustDomainBundle: absent (expected: for https_spiffe",
        "trustDomain: p, bundleEndpointURL: 'https://p/b', bundleEndpointProfile:"
            + " {type: https_web, endpointSPIFFEID: 'spiffe://p/a'}"
            + " | endpointSPIFFEID: present (expected: for https_spiffe)",
        "trustDomain: p, bundleEndpointURL: 'https://p/b', bundleEndpointProfile:"
            + " {type: https_web}, trustDomainBundle: '{}'"
            + " | spec.trustDomainBundle: it is no SPIFFE bundle: no member keys",
        "trustDomain: p, bundleEndpointURL: 'https://p/b', bundleEndpointProfile:"
            + " {type: https_web}, className: c"
            + " | spec.className: not supported",
      })
  void resource_withAFieldThatCannotBe_isRefusedByItsName(String spec, String why) {
    assertThatThrownBy(() -> resource("endomesh-system", "{" + spec + "}"))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining(why);
  }
}
