package io.endomesh.dataplane.http;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a call through the mesh came to: one of the two. Immutable.
 *
 * @param response for the application
 * @param error what the library's method is to throw
 * @param <R> the library's response
 */
public record Sent<R>(@Nullable R response, @Nullable Throwable error) {

  /** The response, or what is to be thrown. */
  public R get() throws IOException {
    if (response != null) {
      return response;
    }
    throw BlockingHttpExchange.thrown(Objects.requireNonNull(error));
  }
}
