package io.endomesh.dataplane;

import org.jspecify.annotations.Nullable;

/**
 * The headers of a message on its way, as a policy may change them. Names are in lower case. Not
 * thread-safe.
 */
public interface Headers {

  /** A header, or null; several values as {@link HeaderValues#joined} makes them one. */
  @Nullable String header(String name);

  /** Replaces all values of a header by one. */
  void setHeader(String name, String value);

  /** Adds a value to those that are there. */
  void addHeader(String name, String value);

  void removeHeader(String name);
}
