package io.endomesh.controller.ca;

import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What certificates would carry that an authority elsewhere made, which does not write it into
 * them: how far a workload is believed, and the line. Kept as long as it may be on a list of what
 * is revoked. Thread-safe.
 */
final class Vouched {

  private static final String VOUCHED = "certificates/vouched/";

  private record Entry(Instant end, Attestation attestation) {}

  private final ResourceStore store;
  private final Clock clock;
  private final Map<String, Entry> all = new ConcurrentHashMap<>();

  Vouched(ResourceStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
    store
        .facts(VOUCHED)
        .forEach(
            (name, value) -> {
              int blank = value.indexOf(' ');
              all.put(
                  name.substring(VOUCHED.length()),
                  new Entry(
                      Instant.ofEpochSecond(Long.parseLong(value.substring(0, blank))),
                      Attestation.parseOrNone(value.substring(blank + 1), name)));
            });
  }

  /** Written down before the certificate is given out. */
  void add(X509Certificate certificate, Attestation attestation) throws StoreException {
    Instant end = certificate.getNotAfter().toInstant();
    String name = CertificateAuthority.fingerprint(certificate);
    store.putFact(VOUCHED + name, end.getEpochSecond() + " " + attestation.text());
    all.put(name, new Entry(end, attestation));
  }

  /** What is said in the certificate itself if nothing is kept of it. */
  Attestation of(X509Certificate certificate) {
    if (all.isEmpty()) {
      return Attestation.of(certificate);
    }
    Entry entry = all.get(CertificateAuthority.fingerprint(certificate));
    return entry == null ? Attestation.of(certificate) : entry.attestation();
  }

  /** Forgets what has ended. */
  void tick() throws StoreException {
    Instant now = clock.instant();
    for (Map.Entry<String, Entry> each : all.entrySet()) {
      if (each.getValue().end().plus(Revocations.CLOCK_AHEAD).isBefore(now)) {
        store.removeFact(VOUCHED + each.getKey());
        all.remove(each.getKey());
      }
    }
  }
}
