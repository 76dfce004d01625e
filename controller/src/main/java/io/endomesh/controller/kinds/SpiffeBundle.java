package io.endomesh.controller.kinds;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.dataplane.identity.Strength;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose certificates prove ids of one trust domain, in the form of a JWK Set (SPIFFE Trust Domain
 * and Bundle, section 4; X509-SVID, section 6). Keys of other uses are passed over, unknown ones
 * too. Immutable.
 *
 * @param roots none if the trust domain has taken all of them back
 * @param sequence grows with each change; null if nobody counts
 * @param refreshHint after which to ask again; null if nothing is said
 */
public record SpiffeBundle(
    List<X509Certificate> roots, @Nullable Long sequence, @Nullable Duration refreshHint) {

  /** {@code use} of keys that sign certificates. */
  public static final String X509_SVID = "x509-svid";

  /** Of the whole document. Each workload of the mesh holds what is in it. */
  public static final int MAX_BYTES = 128 * 1024;

  /** One follows another; a partner with more than a few has made a mistake. */
  private static final int MAX_ROOTS = 32;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  public SpiffeBundle {
    roots = List.copyOf(roots);
  }

  /**
   * @throws IllegalArgumentException if it is none; the message says why and holds nothing of it
   */
  public static SpiffeBundle parse(String text) {
    if (text.length() > MAX_BYTES) {
      throw invalid("longer than " + MAX_BYTES + " bytes");
    }
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw invalid("no JSON");
    }
    if (json == null || !json.path("keys").isArray()) {
      throw invalid("no member keys");
    }
    List<X509Certificate> roots = new ArrayList<>();
    for (JsonNode key : json.path("keys")) {
      if (key.path("use").asText().equals(X509_SVID)) {
        roots.add(root(key));
      }
    }
    if (roots.size() > MAX_ROOTS) {
      throw invalid(roots.size() + " roots, of which " + MAX_ROOTS + " are taken");
    }
    return new SpiffeBundle(roots, number(json, "spiffe_sequence"), hint(json));
  }

  private static @Nullable Long number(JsonNode json, String name) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.canConvertToExactIntegral() || !value.canConvertToLong() || value.asLong() < 0) {
      throw invalid(name + " is no count");
    }
    return value.asLong();
  }

  private static @Nullable Duration hint(JsonNode json) {
    Long seconds = number(json, "spiffe_refresh_hint");
    return seconds == null || seconds == 0 ? null : Duration.ofSeconds(seconds);
  }

  /** X509-SVID, section 6.2: exactly one certificate, of an authority. */
  private static X509Certificate root(JsonNode key) {
    JsonNode chain = key.path("x5c");
    if (!chain.isArray() || chain.size() != 1) {
      throw invalid("a key of x509-svid with x5c of " + chain.size() + " certificates, not one");
    }
    try {
      byte[] der = Base64.getDecoder().decode(chain.get(0).asText());
      X509Certificate root =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der));
      if (root.getBasicConstraints() < 0) {
        throw invalid("a certificate of x509-svid that is no authority's (CA:FALSE)");
      }
      Strength.checkKey(root);
      return root;
    } catch (CertificateException | IllegalArgumentException e) {
      String why = e.getMessage();
      throw invalid(
          e instanceof CertificateException && why != null && why.startsWith("certificate: ")
              ? why
              : why != null && why.startsWith(PREFIX)
                  ? why.substring(PREFIX.length())
                  : "a key of x509-svid whose x5c is no certificate");
    }
  }

  private static final String PREFIX = "it is no SPIFFE bundle: ";

  private static IllegalArgumentException invalid(String why) {
    return new IllegalArgumentException(PREFIX + why);
  }
}
