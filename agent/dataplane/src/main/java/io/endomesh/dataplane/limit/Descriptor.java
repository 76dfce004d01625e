package io.endomesh.dataplane.limit;

import java.util.List;

/**
 * What a limit server is told about a call: it counts calls that are described alike (Envoy {@code
 * RateLimitDescriptor}). Immutable.
 */
public record Descriptor(List<Entry> entries) {

  /** A part of the description, such as {@code caller} and who it is. */
  public record Entry(String key, String value) {}

  public Descriptor {
    entries = List.copyOf(entries);
  }
}
