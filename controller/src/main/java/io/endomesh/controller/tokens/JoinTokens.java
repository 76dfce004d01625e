package io.endomesh.controller.tokens;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.ca.WorkloadIdentity;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The join tokens of a mesh, stored as digests: who reads the store can let nobody in. Thread-safe.
 */
public final class JoinTokens {

  private static final Logger log = LoggerFactory.getLogger(JoinTokens.class);

  /** What every token begins with: secret scanners find it, and people see what it is. */
  static final String PREFIX = "emt_";

  /** Of the facts in the store; the digest follows. */
  private static final String FACTS = "join-token/";

  /** A token that was forgotten at once would be called unknown, which sends people astray. */
  private static final Duration REMEMBER_EXPIRED = Duration.ofDays(30);

  /** Shorter is a slip of the finger: nobody could paste it in time. */
  private static final Duration MIN_TTL = Duration.ofSeconds(1);

  /** A year: a token is to start workloads, not to be their password for ever. */
  private static final Duration MAX_TTL = Duration.ofDays(366);

  /** More than a mesh has workloads; a slip of the finger beyond. */
  private static final int MAX_USES = 1_000_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ResourceStore store;
  private final Clock clock;
  // By digest. The store is written first: what is not on disk is not promised.
  private final Map<String, JoinToken> tokens = new ConcurrentHashMap<>();

  public JoinTokens(ResourceStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
    store
        .facts(FACTS)
        .forEach(
            (name, fact) -> {
              try {
                JoinToken token = read(name.substring(FACTS.length()), fact);
                tokens.put(token.sha256(), token);
              } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
                log.warn(
                    "{}: not readable as a join token ({}); workloads that hold it are refused",
                    name,
                    e.getMessage());
              }
            });
  }

  /** Why a token does not let its sender in. */
  public static final class Refused extends Exception {

    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /**
   * A new token.
   *
   * @param secret the token itself; this is the only moment at which the controller has it
   */
  public record Created(JoinToken token, String secret) {

    /** Without the secret, which must not come into a log. */
    @Override
    public String toString() {
      return "Created[token=" + token + "]";
    }
  }

  /**
   * @param namespace a namespace or {@link JoinToken#ANY}
   * @param service a service or {@link JoinToken#ANY}
   * @param labels that its workloads get, whatever they say
   * @param uses how many certificates it is good for, or {@link JoinToken#ANY_NUMBER}
   * @throws IllegalArgumentException if one of them is no name or no label, or time or number is
   *     too small or too large
   */
  public synchronized Created create(
      Actor by,
      String namespace,
      String service,
      Map<String, String> labels,
      Duration ttl,
      int uses)
      throws StoreException {
    requireScope("namespace", namespace);
    requireScope("service", service);
    if (ttl.compareTo(MIN_TTL) < 0 || ttl.compareTo(MAX_TTL) > 0) {
      throw new IllegalArgumentException(
          "ttlSeconds: " + ttl.toSeconds() + " (expected: 1 to " + MAX_TTL.toSeconds() + ")");
    }
    if (uses < 0 || uses > MAX_USES) {
      throw new IllegalArgumentException(
          "uses: " + uses + " (expected: 1 to " + MAX_USES + ", or none for any number)");
    }
    TokenLabels.require(labels);
    forgetLongExpired();
    String secret = Secrets.secret(PREFIX);
    Instant now = clock.instant();
    JoinToken token =
        new JoinToken(
            Secrets.id(),
            Secrets.digest(secret),
            namespace,
            service,
            labels,
            now,
            now.plus(ttl),
            uses,
            0,
            null);
    store.putFact(
        FACTS + token.sha256(),
        fact(token),
        AuditEntry.done(by, "join-token.create", FACTS + token.id(), null, fact(token)));
    tokens.put(token.sha256(), token);
    return new Created(token, secret);
  }

  /** Oldest first, expired ones included. */
  public List<JoinToken> list() {
    return tokens.values().stream().sorted(Comparator.comparing(JoinToken::createdAt)).toList();
  }

  /**
   * Workloads that already joined with it stay: they have certificates.
   *
   * @return false if there is none of this id
   */
  public synchronized boolean revoke(Actor by, String id) throws StoreException {
    for (JoinToken token : tokens.values()) {
      if (token.id().equals(id)) {
        remove(by, token);
        return true;
      }
    }
    return false;
  }

  /** The token whose secret this is. It takes no use yet: what is asked for may be refused. */
  public JoinToken authenticate(String secret) throws Refused {
    Instant now = clock.instant();
    JoinToken token =
        tokens.computeIfPresent(Secrets.digest(secret), (digest, known) -> known.usedAt(now));
    if (token == null) {
      throw unknown();
    }
    if (!now.isBefore(token.expiresAt())) {
      throw new Refused(
          "join token "
              + token.id()
              + " expired at "
              + token.expiresAt()
              + " (make a new join string with `endomesh token create`)");
    }
    requireUses(token);
    return token;
  }

  /**
   * Takes one of the uses of a token, if they are counted. On disk before it returns: a use is
   * rather lost, with a controller that ends here, than had twice.
   *
   * @throws Refused if there is none left, or the token was revoked meanwhile
   */
  public synchronized void use(JoinToken authenticated) throws Refused, StoreException {
    JoinToken token = tokens.get(authenticated.sha256());
    if (token == null) {
      throw unknown();
    }
    if (!token.isCounted()) {
      return;
    }
    requireUses(token);
    int times = token.used() + 1;
    store.putFact(FACTS + token.sha256(), fact(token.usedTimes(times)));
    tokens.computeIfPresent(token.sha256(), (digest, known) -> known.usedTimes(times));
  }

  private static void requireUses(JoinToken token) throws Refused {
    if (token.isUsedUp()) {
      throw new Refused(
          "join token "
              + token.id()
              + " was used "
              + token.used()
              + " of "
              + token.uses()
              + " times (make a new join string with `endomesh token create`, --uses says for how"
              + " many workloads)");
    }
  }

  private static Refused unknown() {
    return new Refused(
        "unknown join token: it was revoked, or belongs to another controller (make a new join"
            + " string with `endomesh token create`)");
  }

  private void forgetLongExpired() throws StoreException {
    Instant limit = clock.instant().minus(REMEMBER_EXPIRED);
    for (JoinToken token : tokens.values()) {
      if (token.expiresAt().isBefore(limit)) {
        remove(Actor.CONTROLLER, token);
      }
    }
  }

  private void remove(Actor by, JoinToken token) throws StoreException {
    store.removeFact(
        FACTS + token.sha256(),
        AuditEntry.done(by, "join-token.revoke", FACTS + token.id(), fact(token), null));
    tokens.remove(token.sha256());
  }

  private static String fact(JoinToken token) {
    ObjectNode fact =
        JSON.createObjectNode()
            .put("id", token.id())
            .put("namespace", token.namespace())
            .put("service", token.service())
            .put("createdAt", token.createdAt().toString())
            .put("expiresAt", token.expiresAt().toString());
    if (token.isCounted()) {
      fact.put("uses", token.uses()).put("used", token.used());
    }
    ObjectNode labels = fact.putObject("labels");
    token.labels().forEach(labels::put);
    return fact.toString();
  }

  private static JoinToken read(String sha256, String fact) throws JsonProcessingException {
    JsonNode token = JSON.readTree(fact);
    return new JoinToken(
        token.required("id").asText(),
        sha256,
        token.required("namespace").asText(),
        token.required("service").asText(),
        TokenLabels.parse(token.path("labels")),
        Instant.parse(token.required("createdAt").asText()),
        Instant.parse(token.required("expiresAt").asText()),
        token.path("uses").asInt(JoinToken.ANY_NUMBER),
        token.path("used").asInt(0),
        null);
  }

  private static void requireScope(String what, String scope) {
    if (!scope.equals(JoinToken.ANY) && !WorkloadIdentity.isName(scope)) {
      throw new IllegalArgumentException(
          what + ": '" + scope + "' (expected: '*', or lower-case letters, digits and '-')");
    }
  }
}
