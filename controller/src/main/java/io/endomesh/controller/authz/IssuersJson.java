package io.endomesh.controller.authz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.ca.CertificateAuthority;
import io.endomesh.controller.jwks.IssuerKeys;
import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.kinds.AuthorizationPolicy.Rule;
import io.endomesh.controller.kinds.AuthorizationPolicy.Values;
import io.endomesh.controller.kinds.JoinIssuer;
import io.endomesh.controller.kinds.KeySource;
import io.endomesh.controller.kinds.RequestAuthentication;
import io.endomesh.controller.kinds.RequestAuthentication.TokenRule;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.translate.AppliedResource;
import io.endomesh.controller.translate.FetchedKeys;
import io.endomesh.controller.translate.MeshModel;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Issuers of tokens as JSON: what is known of their keys, and who goes by them. Thread-safe. */
final class IssuersJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Attributes of a request that a token alone gives it. */
  private static final String OF_TOKENS = "request.auth.";

  private final IssuerKeys keys;

  IssuersJson(IssuerKeys keys) {
    this.keys = keys;
  }

  ArrayNode of(MeshModel model) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (AppliedResource applied : model.resources()) {
      if (applied.resource() instanceof RequestAuthentication policy) {
        for (int i = 0; i < policy.rules().size(); i++) {
          TokenRule rule = policy.rules().get(i);
          ObjectNode json = list.addObject().put("issuer", rule.issuer()).put("for", "requests");
          put(json, applied.key(), "spec.jwtRules[" + i + "]", rule.audiences());
          putKeys(json, model, rule.keys(), rule.inlineKeys());
          policies(model, applied.key(), rule.issuer(), json.putArray("policies"));
        }
      } else if (applied.resource() instanceof JoinIssuer issuer) {
        ObjectNode json = list.addObject().put("issuer", issuer.issuer()).put("for", "joining");
        put(json, applied.key(), "spec", issuer.audiences());
        putKeys(json, model, issuer.keys(), issuer.inlineKeys());
        json.putArray("policies");
      }
    }
    return list;
  }

  private static void put(ObjectNode json, ResourceKey key, String field, List<String> audiences) {
    ProvidersApi.name(json, key).put("field", field);
    ArrayNode all = json.putArray("audiences");
    audiences.forEach(all::add);
  }

  private void putKeys(
      ObjectNode json, MeshModel model, @Nullable KeySource source, @Nullable String inline) {
    FetchedKeys fetched = source == null ? null : model.fetched(source);
    IssuerKeys.Asked asked = source == null ? new IssuerKeys.Asked(null, null) : keys.asked(source);
    json.put("keysFrom", source == null ? null : source.address())
        .put("discovered", source instanceof KeySource.Discovered)
        .put("fetchedAt", text(asked.fetchedAt()))
        .put("failure", fetched == null ? null : fetched.failure())
        .put("failingSince", text(asked.failingSince()));
    String known = source == null ? inline : fetched == null ? null : fetched.jwks();
    ArrayNode list = json.putArray("keys");
    if (known != null) {
      described(known, list);
    }
  }

  /** Names and kinds; the keys themselves are public, and of no use to a reader. */
  private static void described(String jwks, ArrayNode list) {
    try {
      for (JsonNode key : JSON.readTree(jwks).path("keys")) {
        list.addObject()
            .put("kid", key.path("kid").asText(null))
            .put("kty", key.path("kty").asText(null))
            .put("alg", key.path("alg").asText(null));
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("keys that were checked are no JSON", e);
    }
  }

  /** Those that ask about tokens, of this issuer or of any, where its tokens are taken. */
  private static void policies(MeshModel model, ResourceKey taking, String issuer, ArrayNode list) {
    for (AppliedResource applied : model.resources()) {
      if (applied.resource() instanceof AuthorizationPolicy policy
          && meets(applied.key().namespace(), taking.namespace())
          && policy.rules().stream().anyMatch(rule -> asks(rule, issuer))) {
        ProvidersApi.name(list.addObject(), applied.key());
      }
    }
  }

  private static boolean meets(String one, String other) {
    return one.equals(other)
        || one.equals(CertificateAuthority.SYSTEM_NAMESPACE)
        || other.equals(CertificateAuthority.SYSTEM_NAMESPACE);
  }

  private static boolean asks(Rule rule, String issuer) {
    return rule.from().stream().anyMatch(source -> mayName(source.requestPrincipals(), issuer))
        || rule.when().stream().anyMatch(when -> when.key().startsWith(OF_TOKENS));
  }

  /** Principals are {@code ISSUER/SUBJECT}. */
  private static boolean mayName(Values principals, String issuer) {
    return !principals.notIn().isEmpty()
        || principals.in().stream()
            .anyMatch(
                value ->
                    value.startsWith("*")
                        || value.startsWith(issuer + "/")
                        || (value.endsWith("*")
                            && (issuer + "/").startsWith(value.substring(0, value.length() - 1))));
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
