package io.endomesh.controller.kinds;

import org.jspecify.annotations.Nullable;

/** Says what is wrong with which field of which resource. */
public final class InvalidResourceException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Messages repeat what was given, which may be megabytes; nobody reads as much as this. */
  private static final int MAX_CHARACTERS = 2_000;

  private final @Nullable String resource;
  private final @Nullable String field;

  /**
   * @param resource {@code HTTPRoute shop/orders}, null if not even that could be read
   * @param field {@code spec.rules[0].backendRefs}, null if the resource as a whole is wrong
   * @param message without resource and field
   */
  public InvalidResourceException(
      @Nullable String resource, @Nullable String field, String message) {
    super(
        (resource == null ? "" : cut(resource) + ": ")
            + (field == null ? "" : cut(field) + ": ")
            + cut(message));
    this.resource = resource == null ? null : cut(resource);
    this.field = field == null ? null : cut(field);
  }

  private static String cut(String text) {
    return text.length() <= MAX_CHARACTERS ? text : text.substring(0, MAX_CHARACTERS) + "…";
  }

  public @Nullable String resource() {
    return resource;
  }

  public @Nullable String field() {
    return field;
  }
}
