package io.endomesh.controller.store;

import org.jspecify.annotations.Nullable;

/** One change that is asked for. Immutable. */
public sealed interface Write {

  ResourceKey key();

  /**
   * The revision the resource must have for the write to be done: null is any, {@link #ABSENT} is
   * none.
   */
  @Nullable Long expectedRevision();

  /** Stands for a resource that does not exist. */
  long ABSENT = 0;

  record Put(ResourceKey key, String body, @Nullable Long expectedRevision) implements Write {}

  record Delete(ResourceKey key, @Nullable Long expectedRevision) implements Write {}
}
