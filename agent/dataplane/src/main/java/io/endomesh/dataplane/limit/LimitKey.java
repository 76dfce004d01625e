package io.endomesh.dataplane.limit;

import io.endomesh.dataplane.Request;
import org.jspecify.annotations.Nullable;

/** Who shares a bucket of a limit. Immutable. */
public sealed interface LimitKey {

  /** Null for calls that have none; they share one bucket. */
  @Nullable String of(Request request, @Nullable String caller);

  /** Everybody shares. */
  record None() implements LimitKey {
    @Override
    public @Nullable String of(Request request, @Nullable String caller) {
      return null;
    }
  }

  /** By the identity that the caller proved; callers without one share. */
  record Caller() implements LimitKey {
    @Override
    public @Nullable String of(Request request, @Nullable String caller) {
      return caller;
    }
  }

  /**
   * By the value of a header; calls without it share, or leaving it out would be a way around.
   *
   * @param name in lower case
   */
  record Header(String name) implements LimitKey {
    @Override
    public @Nullable String of(Request request, @Nullable String caller) {
      return request.header(name);
    }
  }
}
