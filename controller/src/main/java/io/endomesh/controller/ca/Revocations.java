package io.endomesh.controller.ca;

import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which certificates are worth nothing, though they have not ended. Certificates are revoked by
 * their line: the one that a join token brought, and all that were issued for it and each other. So
 * whoever took a key and renewed with it gains nothing. What is written down lasts until all of the
 * line have ended. Thread-safe.
 */
public final class Revocations {

  private static final String ISSUED = "certificates/issued/";
  private static final String REVOKED = "certificates/revoked/";

  private static final int RADIX = 16;

  /**
   * What is revoked stays so for longer than its life: to a clock that was ahead for a while it
   * would have ended, and be good again after that.
   */
  static final Duration CLOCK_AHEAD = Duration.ofHours(48);

  private final ResourceStore store;
  private final Clock clock;
  private final Vouched vouched;
  private final Set<String> revokedLines = new HashSet<>();
  private volatile Map<BigInteger, Instant> revoked;

  public Revocations(ResourceStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
    this.vouched = new Vouched(store, clock);
    this.revoked = read();
  }

  /** How far who shows it is believed, see {@link Vouched}. */
  public Attestation attestation(X509Certificate certificate) {
    return vouched.of(certificate);
  }

  /** Keeps it for a certificate that does not carry it. */
  void vouch(X509Certificate certificate, Attestation attestation) throws StoreException {
    vouched.add(certificate, attestation);
  }

  /** What its certificates have in common: the serial number of the first. */
  public String lineOf(X509Certificate certificate) {
    String line = attestation(certificate).line();
    return line.isEmpty() ? certificate.getSerialNumber().toString(RADIX) : line;
  }

  /** Written down before the certificate is given out: what is not known cannot be revoked. */
  synchronized void issued(String line, X509Certificate certificate) throws StoreException {
    Map<BigInteger, Instant> all = parse(store.fact(ISSUED + line).orElse(""), Duration.ZERO);
    all.put(certificate.getSerialNumber(), certificate.getNotAfter().toInstant());
    store.putFact(ISSUED + line, text(all));
  }

  /**
   * Revokes what was issued in a line, and all that would be.
   *
   * @param shown a certificate of it
   */
  public synchronized void revoke(X509Certificate shown) throws StoreException {
    String line = lineOf(shown);
    Map<BigInteger, Instant> all = parse(store.fact(ISSUED + line).orElse(""), Duration.ZERO);
    all.put(shown.getSerialNumber(), shown.getNotAfter().toInstant());
    store.putFact(REVOKED + line, text(all));
    store.removeFact(ISSUED + line);
    revoked = read();
  }

  public synchronized boolean isRevoked(X509Certificate certificate) {
    return revoked.containsKey(certificate.getSerialNumber())
        || revokedLines.contains(lineOf(certificate));
  }

  /** Serial numbers, with the end of each; another object once they change. */
  Map<BigInteger, Instant> revoked() {
    return revoked;
  }

  /**
   * Forgets what has ended.
   *
   * @return true if fewer are revoked
   */
  synchronized boolean tick() throws StoreException {
    vouched.tick();
    for (String kind : Set.of(ISSUED, REVOKED)) {
      for (Map.Entry<String, String> fact : store.facts(kind).entrySet()) {
        if (parse(fact.getValue(), kind.equals(REVOKED) ? CLOCK_AHEAD : Duration.ZERO).isEmpty()) {
          store.removeFact(fact.getKey());
        }
      }
    }
    Map<BigInteger, Instant> now = read();
    if (now.equals(revoked)) {
      return false;
    }
    revoked = now;
    return true;
  }

  private Map<BigInteger, Instant> read() {
    Map<BigInteger, Instant> all = new LinkedHashMap<>();
    revokedLines.clear();
    store
        .facts(REVOKED)
        .forEach(
            (name, value) -> {
              revokedLines.add(name.substring(REVOKED.length()));
              all.putAll(parse(value, CLOCK_AHEAD));
            });
    return Map.copyOf(all);
  }

  /**
   * Those that have not ended.
   *
   * @param longer than their end
   */
  private Map<BigInteger, Instant> parse(String text, Duration longer) {
    Map<BigInteger, Instant> all = new LinkedHashMap<>();
    Instant now = clock.instant();
    for (String each : text.split(" ")) {
      int colon = each.indexOf(':');
      if (colon > 0) {
        Instant end = Instant.ofEpochSecond(Long.parseLong(each.substring(colon + 1)));
        if (now.isBefore(end.plus(longer))) {
          all.put(new BigInteger(each.substring(0, colon), RADIX), end);
        }
      }
    }
    return all;
  }

  private static String text(Map<BigInteger, Instant> all) {
    StringBuilder text = new StringBuilder();
    all.forEach(
        (serial, end) ->
            text.append(text.isEmpty() ? "" : " ")
                .append(serial.toString(RADIX))
                .append(':')
                .append(end.getEpochSecond()));
    return text.toString();
  }
}
