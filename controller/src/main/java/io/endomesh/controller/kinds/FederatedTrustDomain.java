package io.endomesh.controller.kinds;

import io.endomesh.dataplane.identity.SpiffeId;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A ClusterFederatedTrustDomain, spire.spiffe.io/v1alpha1, as SPIRE's controller manager has it:
 * another trust domain whose workloads are believed to be who they are, by its own roots.
 * Immutable.
 *
 * @param bundleEndpointUrl where its roots are
 * @param endpointSpiffeId that the endpoint proves; null if it proves its name to the Web's PKI
 * @param trustDomainBundle a document as the endpoint answers, for as long as nothing was fetched
 */
public record FederatedTrustDomain(
    Metadata metadata,
    String trustDomain,
    String bundleEndpointUrl,
    @Nullable String endpointSpiffeId,
    @Nullable String trustDomainBundle)
    implements MeshResource {

  /** Who may write there, may let anybody in: no other namespace may. */
  private static final String NAMESPACE = "endomesh-system";

  private static final String HTTPS_WEB = "https_web";
  private static final String HTTPS_SPIFFE = "https_spiffe";

  /** SPIFFE-ID, section 2.1. */
  private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");

  static FederatedTrustDomain read(Metadata metadata, Fields spec) {
    if (!metadata.namespace().equals(NAMESPACE)) {
      throw new InvalidFieldException(
          "metadata.namespace", "'" + metadata.namespace() + "' (expected: " + NAMESPACE + ")");
    }
    String trustDomain = spec.string("trustDomain");
    if (!TRUST_DOMAIN.matcher(trustDomain).matches()) {
      throw spec.invalid(
          "trustDomain",
          "'" + trustDomain + "' (expected: lower-case letters, digits, '.', '-' and '_')");
    }
    String url = spec.string("bundleEndpointURL");
    String problem = KeySource.problem(url);
    if (problem != null) {
      throw spec.invalid(
          "bundleEndpointURL", "'" + url + "' (expected: an https URL; " + problem + ")");
    }
    spec.unsupported("className");
    String bundle = bundle(spec);
    Fields profile = spec.object("bundleEndpointProfile");
    String id = endpointSpiffeId(profile, trustDomain);
    profile.rejectUnknown();
    if (id != null && bundle == null) {
      throw spec.invalid(
          "trustDomainBundle",
          "absent (expected: for "
              + HTTPS_SPIFFE
              + ", what the partner's endpoint answers, by which it then proves itself)");
    }
    return new FederatedTrustDomain(metadata, trustDomain, url, id, bundle);
  }

  private static @Nullable String bundle(Fields spec) {
    String text = spec.optionalString("trustDomainBundle");
    if (text == null) {
      return null;
    }
    try {
      if (SpiffeBundle.parse(text).roots().isEmpty()) {
        throw new IllegalArgumentException("it has no key of x509-svid");
      }
      return text;
    } catch (IllegalArgumentException e) {
      throw spec.invalid("trustDomainBundle", e.getMessage() + " (expected: a SPIFFE bundle)");
    }
  }

  private static @Nullable String endpointSpiffeId(Fields profile, String trustDomain) {
    String type = profile.string("type");
    String id = profile.optionalString("endpointSPIFFEID");
    if (type.equals(HTTPS_WEB)) {
      if (id != null) {
        throw profile.invalid("endpointSPIFFEID", "present (expected: for " + HTTPS_SPIFFE + ")");
      }
      return null;
    }
    if (!type.equals(HTTPS_SPIFFE)) {
      throw profile.invalid(
          "type", "'" + type + "' (expected: " + HTTPS_WEB + " or " + HTTPS_SPIFFE + ")");
    }
    if (id == null
        || SpiffeId.of(List.of(id)) == null
        || !SpiffeId.sameDomain(id, "spiffe://" + trustDomain + "/")) {
      throw profile.invalid(
          "endpointSPIFFEID",
          (id == null ? "absent" : "'" + id + "'")
              + " (expected: a SPIFFE id of "
              + trustDomain
              + ")");
    }
    return id;
  }

  /** As the resource names it. */
  public String profile() {
    return endpointSpiffeId == null ? HTTPS_WEB : HTTPS_SPIFFE;
  }
}
