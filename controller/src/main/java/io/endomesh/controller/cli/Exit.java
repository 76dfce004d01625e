package io.endomesh.controller.cli;

/** How a command ends, as docs/cli.md tells scripts. A code keeps its meaning for ever. */
enum Exit {
  OK(0, "good; of `diff`: nothing would change"),
  FAILED(1, "failed, and no other code says how"),
  /** It fails with other codes. */
  DIFFERENT(1, "of `diff`: something would change"),
  USAGE(2, "wrong usage: an option, a file or the configuration"),
  NOT_FOUND(3, "there is no such thing"),
  NOT_PERMITTED(4, "not permitted, or not logged in"),
  UNREACHABLE(5, "the controller does not answer"),
  CONFLICT(6, "somebody changed it meanwhile; nothing was overwritten"),
  INVALID(7, "invalid input; nothing was applied"),
  FOUND_SOMETHING(
      10,
      "it found what it looks for: `check`, `analyze`, `authz check`, a ramp that was taken back");

  private final int code;
  private final String meaning;

  Exit(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  int code() {
    return code;
  }

  /** For the page. */
  String meaning() {
    return meaning;
  }
}
