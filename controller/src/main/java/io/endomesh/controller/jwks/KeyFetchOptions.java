package io.endomesh.controller.jwks;

import io.endomesh.dataplane.authorize.AddressRange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From where keys are fetched. Immutable.
 *
 * @param allowed addresses that may be asked though they are not public
 * @param authorities certificates in PEM, trusted besides those of the JDK; null: none
 * @param refresh how often keys are fetched anew
 */
public record KeyFetchOptions(
    List<AddressRange> allowed, @Nullable Path authorities, Duration refresh) {

  /** As long as a new key may take to arrive; issuers show one long before they sign with it. */
  public static final Duration DEFAULT_REFRESH = Duration.ofMinutes(5);

  public static final KeyFetchOptions DEFAULT =
      new KeyFetchOptions(List.of(), null, DEFAULT_REFRESH);

  public KeyFetchOptions {
    allowed = List.copyOf(allowed);
  }
}
