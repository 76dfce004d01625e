package io.endomesh.controller.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.tokens.Secrets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokens by which programs use the API, stored as digests: who reads the store can do nothing with
 * them. Thread-safe.
 */
final class ApiTokens {

  private static final Logger log = LoggerFactory.getLogger(ApiTokens.class);

  /** What every token begins with. */
  static final String PREFIX = "emk_";

  /** Of the facts in the store; the digest follows. */
  private static final String FACTS = "api-token/";

  private static final Duration MIN_TTL = Duration.ofSeconds(1);

  /** A year: what runs longer unattended is forgotten. */
  private static final Duration MAX_TTL = Duration.ofDays(366);

  private static final int MAX_NAME = 100;

  /** More than anybody looks after. */
  private static final int MAX_TOKENS = 1000;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ResourceStore store;
  private final Clock clock;
  // By digest. The store is written first: what is not on disk is not promised.
  private final Map<String, ApiToken> tokens = new ConcurrentHashMap<>();

  /**
   * @param secret the token itself; this is the only moment at which the controller has it
   */
  record Created(ApiToken token, String secret) {

    /** Without the secret, which must not come into a log. */
    @Override
    public String toString() {
      return "Created[token=" + token + "]";
    }
  }

  ApiTokens(ResourceStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
    store
        .facts(FACTS)
        .forEach(
            (name, fact) -> {
              try {
                ApiToken token = read(name.substring(FACTS.length()), fact);
                tokens.put(token.sha256(), token);
              } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
                log.warn(
                    "{}: not readable as an API token ({}); it is refused", name, e.toString());
              }
            });
  }

  /**
   * @throws IllegalArgumentException if {@code owner} may not do what is asked for, or it is for
   *     too long
   */
  synchronized Created create(
      Actor by, Caller owner, String name, List<String> scopes, Duration ttl)
      throws StoreException {
    if (owner.kind() == Caller.Kind.OIDC) {
      throw new IllegalArgumentException(
          owner.name()
              + " can make no API token (expected: an account of the controller; a provider is"
              + " asked at each login, and a token would outlive what it said)");
    }
    Set<Grant> asked = new HashSet<>();
    for (String scope : scopes) {
      asked.add(Grant.parse(scope));
    }
    Grants grants = new Grants(asked);
    if (asked.isEmpty()) {
      throw new IllegalArgumentException("scopes: none (expected: one of " + Grants.names() + ")");
    }
    if (!grants.within(owner.grants()).equals(grants)) {
      throw new IllegalArgumentException(
          "scopes: "
              + String.join(", ", grants.texts())
              + " (expected: what "
              + owner.name()
              + " may do: "
              + String.join(", ", owner.grants().texts())
              + ")");
    }
    if (ttl.compareTo(MIN_TTL) < 0 || ttl.compareTo(MAX_TTL) > 0) {
      throw new IllegalArgumentException(
          "ttlSeconds: " + ttl.toSeconds() + " (expected: 1 to " + MAX_TTL.toSeconds() + ")");
    }
    if (name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("name: (expected: at most " + MAX_NAME + " characters)");
    }
    forgetExpired();
    if (tokens.size() >= MAX_TOKENS) {
      throw new IllegalArgumentException(
          "there are " + tokens.size() + " API tokens already (expected: some revoked first)");
    }
    String secret = Secrets.secret(PREFIX);
    Instant now = clock.instant();
    ApiToken token =
        new ApiToken(
            Secrets.id(),
            Secrets.digest(secret),
            name,
            owner.name(),
            owner.kind(),
            grants,
            now,
            now.plus(ttl),
            null);
    store.putFact(
        FACTS + token.sha256(),
        fact(token),
        AuditEntry.done(
            by, "api-token.create", FACTS + token.id(), null, token.shown().toString()));
    tokens.put(token.sha256(), token);
    return new Created(token, secret);
  }

  /** The token whose secret this is, if it is still good. */
  Optional<ApiToken> authenticate(String secret) {
    Instant now = clock.instant();
    ApiToken token =
        tokens.computeIfPresent(Secrets.digest(secret), (digest, known) -> known.usedAt(now));
    return Optional.ofNullable(token).filter(known -> now.isBefore(known.expiresAt()));
  }

  /** Oldest first. */
  List<ApiToken> list(Predicate<ApiToken> wanted) {
    return tokens.values().stream()
        .filter(wanted)
        .sorted(Comparator.comparing(ApiToken::createdAt))
        .toList();
  }

  /** The token that was there. */
  synchronized Optional<ApiToken> revoke(Actor by, String id, Predicate<ApiToken> allowed)
      throws StoreException {
    for (ApiToken token : tokens.values()) {
      if (token.id().equals(id) && allowed.test(token)) {
        remove(by, token);
        return Optional.of(token);
      }
    }
    return Optional.empty();
  }

  /** Else a later user of that name would own them. */
  synchronized void revokeAllOf(Actor by, String user) throws StoreException {
    for (ApiToken token : tokens.values()) {
      if (token.ownerKind() == Caller.Kind.USER && token.owner().equals(user)) {
        remove(by, token);
      }
    }
  }

  private void forgetExpired() throws StoreException {
    Instant now = clock.instant();
    for (ApiToken token : tokens.values()) {
      if (now.isAfter(token.expiresAt())) {
        remove(Actor.CONTROLLER, token);
      }
    }
  }

  private void remove(Actor by, ApiToken token) throws StoreException {
    store.removeFact(
        FACTS + token.sha256(),
        AuditEntry.done(
            by, "api-token.revoke", FACTS + token.id(), token.shown().toString(), null));
    tokens.remove(token.sha256());
  }

  private static String fact(ApiToken token) {
    ObjectNode fact =
        JSON.createObjectNode()
            .put("id", token.id())
            .put("name", token.name())
            .put("owner", token.owner())
            .put("ownerKind", token.ownerKind().name())
            .put("createdAt", token.createdAt().toString())
            .put("expiresAt", token.expiresAt().toString());
    token.scopes().texts().forEach(fact.putArray("scopes")::add);
    return fact.toString();
  }

  private static ApiToken read(String sha256, String fact) throws JsonProcessingException {
    JsonNode token = JSON.readTree(fact);
    Set<Grant> scopes = new HashSet<>();
    token.required("scopes").forEach(scope -> scopes.add(Grant.parse(scope.asText())));
    return new ApiToken(
        token.required("id").asText(),
        sha256,
        token.required("name").asText(),
        token.required("owner").asText(),
        Caller.Kind.valueOf(token.required("ownerKind").asText()),
        new Grants(scopes),
        Instant.parse(token.required("createdAt").asText()),
        Instant.parse(token.required("expiresAt").asText()),
        null);
  }
}
