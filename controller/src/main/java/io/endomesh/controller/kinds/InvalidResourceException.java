package io.endomesh.controller.kinds;

import org.jspecify.annotations.Nullable;

/** Says what is wrong with which field of which resource. */
public final class InvalidResourceException extends Exception {

  private static final long serialVersionUID = 1L;

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
        (resource == null ? "" : resource + ": ") + (field == null ? "" : field + ": ") + message);
    this.resource = resource;
    this.field = field;
  }

  public @Nullable String resource() {
    return resource;
  }

  public @Nullable String field() {
    return field;
  }
}
