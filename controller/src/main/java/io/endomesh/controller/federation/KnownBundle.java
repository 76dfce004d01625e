package io.endomesh.controller.federation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.jwks.KeyFetchException;
import io.endomesh.controller.kinds.FederatedTrustDomain;
import io.endomesh.controller.kinds.SpiffeBundle;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The bundle of another trust domain that was learned last, and what it was begun with. Immutable.
 *
 * @param begunWith the document in the resource; another one there is the operator's word, and goes
 *     above whatever was fetched
 * @param text as it was answered; null if nothing is known
 */
record KnownBundle(
    @Nullable String begunWith, @Nullable String text, @Nullable SpiffeBundle bundle) {

  private static final ObjectMapper JSON = new ObjectMapper();

  static KnownBundle begin(FederatedTrustDomain domain) {
    String first = domain.trustDomainBundle();
    return new KnownBundle(first, first, first == null ? null : SpiffeBundle.parse(first));
  }

  /** What was kept, if the resource does not say anything newer. */
  static KnownBundle of(FederatedTrustDomain domain, @Nullable String kept) {
    KnownBundle first = begin(domain);
    if (kept == null) {
      return first;
    }
    try {
      JsonNode json = JSON.readTree(kept);
      String text = json.path("bundle").asText();
      String begunWith = json.path("begunWith").isTextual() ? json.get("begunWith").asText() : null;
      return Objects.equals(begunWith, domain.trustDomainBundle())
          ? new KnownBundle(begunWith, text, SpiffeBundle.parse(text))
          : first;
    } catch (JsonProcessingException | IllegalArgumentException e) {
      // Of another version of the controller; what the resource says is good in any.
      return first;
    }
  }

  String kept() {
    return JSON.createObjectNode().put("begunWith", begunWith).put("bundle", text).toString();
  }

  /**
   * The same with what was answered now.
   *
   * @throws KeyFetchException if it is no bundle, or an earlier one: who can show us old answers
   *     could make us believe roots that were taken back
   */
  KnownBundle followedBy(String answer) throws KeyFetchException {
    SpiffeBundle next;
    try {
      next = SpiffeBundle.parse(answer);
    } catch (IllegalArgumentException e) {
      throw new KeyFetchException(String.valueOf(e.getMessage()));
    }
    Long before = bundle == null ? null : bundle.sequence();
    if (before != null) {
      Long now = next.sequence();
      if (now == null || now < before) {
        throw new KeyFetchException(
            "its spiffe_sequence went back to "
                + (now == null ? "none" : now)
                + " (expected: at least "
                + before
                + ")");
      }
      if (now.equals(before) && bundle != null && !next.roots().equals(bundle.roots())) {
        throw new KeyFetchException(
            "its spiffe_sequence is " + now + " as before, with other keys (expected: more)");
      }
    }
    return new KnownBundle(begunWith, answer, next);
  }

  List<X509Certificate> roots() {
    return bundle == null ? List.of() : bundle.roots();
  }
}
