package io.endomesh.controller.explain;

/** Says what is wrong with which part of a {@link Question}. */
final class InvalidQuestionException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String field;

  /**
   * @param field {@code method}, {@code url}, {@code from} or {@code headers}
   * @param message without the field
   */
  InvalidQuestionException(String field, String message) {
    super(field + ": " + message);
    this.field = field;
  }

  String field() {
    return field;
  }
}
