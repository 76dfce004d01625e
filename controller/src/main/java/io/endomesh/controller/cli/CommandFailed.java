package io.endomesh.controller.cli;

/** A command that cannot do what was asked; the message is for the user. */
final class CommandFailed extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Exit exit;

  CommandFailed(Exit exit, String message) {
    super(message);
    this.exit = exit;
  }

  Exit exit() {
    return exit;
  }
}
