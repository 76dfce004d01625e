package io.endomesh.controller.kinds;

import io.endomesh.controller.store.ResourceKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One resource as it came in: what it means, and what is kept of it. Immutable.
 *
 * @param body canonical JSON, without status and what a server writes into metadata
 * @param resourceVersion that the sender last saw, null if it said none
 * @param warnings what has no effect
 */
public record ParsedResource(
    ResourceKey key,
    MeshResource resource,
    String body,
    @Nullable Long resourceVersion,
    List<String> warnings) {

  public ParsedResource {
    warnings = List.copyOf(warnings);
  }
}
