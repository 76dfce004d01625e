package io.endomesh.controller.ca;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Keeps the secrets of a data directory elsewhere, as they would lie in it. Thread-safe. */
public interface SecretStore {

  /** Null if there is none of this name. */
  @Nullable String read(String name) throws IOException;

  /**
   * @param content null: it is removed
   */
  void write(String name, @Nullable String content) throws IOException;
}
