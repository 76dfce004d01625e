package io.endomesh.xds.translate;

/** Says what is wrong with a resource: {@code field: value (expected: …)}. */
public final class InvalidResource extends Exception {

  private static final long serialVersionUID = 1;

  public InvalidResource(String message) {
    super(message);
  }
}
