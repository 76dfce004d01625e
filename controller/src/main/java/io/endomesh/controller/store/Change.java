package io.endomesh.controller.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the history. Immutable.
 *
 * @param author who changed it: a login, an identity, or {@code loopback}
 * @param why in the author's own words, empty if nothing was said
 * @param before JSON, null if the resource was created
 * @param after JSON, null if it was deleted
 */
public record Change(
    long revision,
    Instant at,
    String author,
    String why,
    ResourceKey key,
    @Nullable String before,
    @Nullable String after) {

  public Change(
      long revision,
      Instant at,
      String author,
      ResourceKey key,
      @Nullable String before,
      @Nullable String after) {
    this(revision, at, author, "", key, before, after);
  }
}
