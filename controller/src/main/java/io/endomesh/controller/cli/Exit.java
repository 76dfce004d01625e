package io.endomesh.controller.cli;

/** How a command ends, as documented for scripts in docs/settings.md. */
enum Exit {
  OK(0),
  FAILED(1),
  /** Of {@code diff}, which fails with other codes. */
  DIFFERENT(1),
  USAGE(2),
  NOT_FOUND(3),
  NOT_PERMITTED(4),
  UNREACHABLE(5),
  CONFLICT(6),
  INVALID(7),
  FOUND_SOMETHING(10);

  private final int code;

  Exit(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
