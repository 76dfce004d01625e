package io.endomesh.dataplane.token;

import io.endomesh.dataplane.Request;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Whose tokens a port takes (Istio {@code RequestAuthentication}, Envoy {@code JwtAuthentication}).
 * A request with a token that is not good is refused; one without a token goes on, and it is for
 * authorization to ask for more. Thread-safe: what was verified is remembered without a lock.
 */
public final class RequestAuthentication {

  /** No token is looked at. */
  public static final RequestAuthentication NONE = new RequestAuthentication(List.of(), false);

  /**
   * A workload has some hundred users at a time. An entry is some hundred bytes, and the claims; a
   * digest and not the token, which would be in every dump of the heap.
   */
  private static final int REMEMBERED = 1024;

  private final List<Issuer> issuers;
  private final List<Place> places;
  private final boolean isRequired;

  /** Verified tokens, each where its digest says, in the place of what was there. */
  private final AtomicReferenceArray<@Nullable Known> known;

  private record Known(byte[] digest, Issuer.Accepted accepted) {}

  /**
   * @param isRequired that a request without a token is refused
   */
  public RequestAuthentication(List<Issuer> issuers, boolean isRequired) {
    this.issuers = List.copyOf(issuers);
    this.isRequired = isRequired;
    List<Place> all = new ArrayList<>();
    for (Issuer issuer : issuers) {
      for (Place place : issuer.places()) {
        if (!all.contains(place)) {
          all.add(place);
        }
      }
    }
    this.places = List.copyOf(all);
    this.known = new AtomicReferenceArray<>(issuers.isEmpty() ? 0 : REMEMBERED);
  }

  public boolean isEmpty() {
    return issuers.isEmpty();
  }

  public List<Issuer> issuers() {
    return issuers;
  }

  /** A token, and where it was. */
  record Presented(String token, Place place) {}

  /** Null if there is none. */
  @Nullable Presented presented(Request request) throws InvalidToken {
    Presented found = null;
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      String token = place.token(request);
      if (token == null) {
        continue;
      }
      if (found != null) {
        // Which of them the application believes is not known.
        throw new InvalidToken("the request has two tokens (expected: one)");
      }
      found = new Presented(token, place);
    }
    return found;
  }

  /** Resource to name where none is known to have decided. */
  String policy() {
    return issuers.isEmpty() ? "" : issuers.get(0).policy();
  }

  boolean isRequired() {
    return isRequired;
  }

  /**
   * @param now seconds since the epoch
   */
  Issuer.Accepted verify(Presented presented, long now) throws InvalidToken {
    byte[] digest = digest(presented.token());
    int slot = (((digest[0] & 0xff) << 8) | (digest[1] & 0xff)) % REMEMBERED;
    Known before = known.get(slot);
    if (before != null
        && Arrays.equals(before.digest, digest)
        && before.accepted.issuer().places().contains(presented.place())) {
      try {
        before.accepted.requireGoodAt(now);
      } catch (InvalidToken ended) {
        throw ended.by(before.accepted.issuer().policy());
      }
      return before.accepted;
    }
    Issuer.Accepted accepted = verifyAnew(presented, now);
    known.set(slot, new Known(digest, accepted));
    return accepted;
  }

  private Issuer.Accepted verifyAnew(Presented presented, long now) throws InvalidToken {
    InvalidToken why = null;
    List<String> names = new ArrayList<>();
    String policy = policy();
    Jwt token = null;
    for (Issuer issuer : issuers) {
      if (!issuer.places().contains(presented.place())) {
        continue;
      }
      policy = names.isEmpty() ? issuer.policy() : policy;
      names.add(issuer.name());
      try {
        token = token == null ? Jwt.parse(presented.token()) : token;
        if (issuer.name().equals(token.issuer())) {
          return issuer.verify(token, now);
        }
      } catch (InvalidToken refused) {
        why = refused.by(issuer.policy());
      }
    }
    throw why != null
        ? why
        : new InvalidToken("it is of another issuer (expected: one of " + names + ")").by(policy);
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: absent (expected: in every JDK)", e);
    }
  }
}
