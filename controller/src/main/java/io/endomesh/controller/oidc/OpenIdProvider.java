package io.endomesh.controller.oidc;

import com.google.common.collect.ImmutableMap;
import io.endomesh.controller.jwks.IssuerClient;
import io.endomesh.controller.jwks.KeyFetchException;
import io.endomesh.dataplane.token.InvalidToken;
import io.endomesh.dataplane.token.KeySet;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the provider: its endpoints and its keys, asked for in the background. The
 * controller starts without it, and nobody at the login page waits for it. Thread-safe.
 */
public final class OpenIdProvider implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OpenIdProvider.class);

  private static final Duration REFRESH = Duration.ofMinutes(5);

  /** Of a first failure; doubled with each. */
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

  private static final int MAX_DOUBLINGS = 6;

  /** Tokens with keys that are not known may be made up: they make us ask no more often. */
  private static final Duration BETWEEN_KEYS = Duration.ofSeconds(30);

  /** Servers take 8 KB of a request's line and headers. */
  private static final int MAX_HINT = 4000;

  private final ProviderOptions options;
  private final IssuerClient client;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService thread;
  private final TokenRequest token;

  private record Known(Endpoints endpoints, KeySet keys) {}

  private volatile @Nullable Known known;
  private volatile @Nullable String failure = "it was not asked yet";
  // Guarded by this.
  private long keysAskedAt;
  // Of the thread.
  private int failures;

  /**
   * @param authorities certificates in PEM, trusted besides those of the JDK; null: none
   * @throws IOException if a file of the options cannot be read
   */
  public OpenIdProvider(ProviderOptions options, @Nullable Path authorities, LongSupplier nanoTime)
      throws IOException {
    this.options = options;
    this.token = new TokenRequest(options);
    this.client = new IssuerClient(authorities);
    this.nanoTime = nanoTime;
    this.keysAskedAt = nanoTime.getAsLong() - BETWEEN_KEYS.toNanos();
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "endomesh-oidc");
              thread.setDaemon(true);
              return thread;
            });
    thread.execute(this::refresh);
  }

  public String issuer() {
    return options.issuer();
  }

  /** Why nobody can log in by it now; empty if they can. */
  public Optional<String> failure() {
    return known == null ? Optional.ofNullable(failure) : Optional.empty();
  }

  private void refresh() {
    Duration wait = REFRESH;
    try {
      ask();
      failures = 0;
    } catch (KeyFetchException e) {
      wait = failed(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      wait = failed("it cannot be asked (" + e.getClass().getSimpleName() + ")");
    }
    thread.schedule(this::refresh, wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Duration failed(String why) {
    if (!why.equals(failure)) {
      log.warn(
          "The OpenID provider {} cannot be asked: {}; {}",
          options.issuer(),
          why,
          known == null ? "nobody can log in by it" : "what is known of it stays");
    }
    failure = why;
    return FIRST_RETRY.multipliedBy(1L << Math.min(failures++, MAX_DOUBLINGS));
  }

  private void ask() throws KeyFetchException {
    Endpoints endpoints =
        Endpoints.read(options.issuer(), get(Endpoints.discovery(options.issuer())));
    KeySet keys = keys(endpoints);
    if (known == null || failure != null) {
      log.info("People can log in by the OpenID provider {}", options.issuer());
    }
    known = new Known(endpoints, keys);
    failure = null;
  }

  private KeySet keys(Endpoints endpoints) throws KeyFetchException {
    try {
      KeySet keys = KeySet.of(get(endpoints.keys()));
      if (keys.size() > 0) {
        return keys;
      }
    } catch (InvalidToken e) {
      throw new KeyFetchException(String.valueOf(e.getMessage()));
    }
    throw new KeyFetchException("no key that verifies tokens (expected: RSA, EC or Ed25519)");
  }

  private String get(URI uri) throws KeyFetchException {
    IssuerClient.Answer answer = client.get(uri, (String) null);
    if (answer.status() != 200) {
      throw new KeyFetchException(
          "it answered " + answer.status() + " (expected: 200; redirects are not followed)");
    }
    return answer.body();
  }

  private Known required() throws LoginFailure {
    Known now = known;
    if (now == null) {
      throw new LoginFailure(LoginFailure.Kind.PROVIDER, String.valueOf(failure));
    }
    return now;
  }

  /** Where the browser goes to log in. */
  public URI authorization(Attempt attempt, URI callback) throws LoginFailure {
    return Forms.append(
        required().endpoints().authorization(),
        ImmutableMap.<String, String>builder()
            .put("response_type", "code")
            .put("client_id", options.clientId())
            .put("redirect_uri", callback.toString())
            .put("scope", String.join(" ", options.scopes()))
            .put("state", attempt.state())
            .put("nonce", attempt.nonce())
            .put("code_challenge", attempt.challenge())
            .put("code_challenge_method", "S256")
            .build());
  }

  /**
   * What must be true of an answer that came through the browser before its code is believed to be
   * this provider's (RFC 9207, 2.4).
   *
   * @param said parameter {@code iss} of the answer; null if it has none
   */
  public void requireIssuer(@Nullable String said) throws LoginFailure {
    if (said == null ? required().endpoints().saysIssuer() : !said.equals(options.issuer())) {
      throw new LoginFailure(
          LoginFailure.Kind.TOKEN,
          "the answer is of another issuer, or does not say of which (iss; expected: "
              + options.issuer()
              + ")");
    }
  }

  /**
   * Whom a code is of.
   *
   * @param wanted names of claims that are asked for once more if the token has none of them
   * @param now seconds since the epoch
   */
  public Person redeem(
      Attempt attempt, String code, URI callback, Iterable<String> wanted, long now)
      throws LoginFailure {
    Known known = required();
    TokenRequest.Tokens tokens =
        token.send(client, known.endpoints(), code, attempt.verifier(), callback);
    Person person = verified(known, tokens.id(), attempt.nonce(), now);
    return More.of(client, known.endpoints(), tokens.access(), person, wanted);
  }

  private Person verified(Known known, String idToken, String nonce, long now) throws LoginFailure {
    IdToken rules = new IdToken(options.issuer(), options.clientId());
    try {
      try {
        return rules.verify(idToken, known.keys(), nonce, now);
      } catch (InvalidToken e) {
        KeySet newer = newerKeys(known);
        if (newer == null) {
          throw e;
        }
        return rules.verify(idToken, newer, nonce, now);
      }
    } catch (InvalidToken e) {
      throw new LoginFailure(LoginFailure.Kind.TOKEN, "its id token: " + e.getMessage());
    }
  }

  /** Keys change before the next time we would ask. Null if there are no others. */
  private synchronized @Nullable KeySet newerKeys(Known used) {
    Known now = known;
    if (now != null && !now.keys().equals(used.keys())) {
      return now.keys();
    }
    if (nanoTime.getAsLong() - keysAskedAt < BETWEEN_KEYS.toNanos()) {
      return null;
    }
    keysAskedAt = nanoTime.getAsLong();
    try {
      KeySet keys = keys(used.endpoints());
      known = new Known(used.endpoints(), keys);
      return keys.equals(used.keys()) ? null : keys;
    } catch (KeyFetchException e) {
      log.warn("The keys of {} cannot be fetched: {}", options.issuer(), e.getMessage());
      return null;
    }
  }

  /** Where the browser goes to end the session at the provider, too; empty if there is no way. */
  public Optional<URI> logout(String idToken, URI afterwards) {
    Known now = known;
    URI logout = now == null ? null : now.endpoints().logout();
    if (logout == null) {
      return Optional.empty();
    }
    Map<String, String> hint =
        idToken.length() > MAX_HINT ? Map.of() : Map.of("id_token_hint", idToken);
    return Optional.of(
        Forms.append(
            logout,
            ImmutableMap.<String, String>builder()
                .putAll(hint)
                .put("client_id", options.clientId())
                .put("post_logout_redirect_uri", afterwards.toString())
                .build()));
  }

  @Override
  public void close() {
    thread.shutdownNow();
    client.close();
  }
}
