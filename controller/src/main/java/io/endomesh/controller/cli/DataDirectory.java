package io.endomesh.controller.cli;

import io.endomesh.controller.seal.KeySource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a controller keeps its data, and what opens it: options of all that touch it. */
final class DataDirectory {

  @Option(
      names = "--data-dir",
      paramLabel = "DIRECTORY",
      description = "store, keys and certificate authority (default: ~/.endomesh/controller)")
  private @Nullable Path dataDir;

  @Option(
      names = "--seal-key-file",
      paramLabel = "FILE",
      description = "key that secrets at rest are sealed with: 32 bytes in Base64")
  private @Nullable Path keyFile;

  @Option(
      names = "--seal-command",
      paramLabel = "COMMAND",
      description =
          "program that wraps and unwraps that key: run with `wrap` or `unwrap` as last argument,"
              + " it reads a line and writes one")
  private @Nullable String command;

  static Path defaultPath() {
    return Path.of(System.getProperty("user.home"), ".endomesh", "controller");
  }

  Path path() {
    return dataDir == null ? defaultPath() : dataDir;
  }

  /** Null: secrets are in clear. */
  @Nullable KeySource sealedBy() {
    return source("seal-", keyFile, command);
  }

  /**
   * @param option what both options begin with
   */
  static @Nullable KeySource source(
      String option, @Nullable Path keyFile, @Nullable String command) {
    if (keyFile != null && command != null) {
      throw new CommandFailed(
          Exit.USAGE,
          "--" + option + "command: beside --" + option + "key-file (expected: one of them)");
    }
    if (keyFile != null) {
      return new KeySource.KeyFile(keyFile);
    }
    try {
      return command == null ? null : KeySource.Command.of(command);
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(Exit.USAGE, String.valueOf(e.getMessage()));
    }
  }

  KeySource requireKey() {
    KeySource source = sealedBy();
    if (source == null) {
      throw new CommandFailed(
          Exit.USAGE, "no key (expected: --seal-key-file FILE or --seal-command COMMAND)");
    }
    return source;
  }
}
