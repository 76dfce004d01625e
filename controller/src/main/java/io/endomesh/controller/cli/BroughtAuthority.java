package io.endomesh.controller.cli;

import io.endomesh.controller.ca.AuthoritySource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options by which a controller is given a certificate authority that exists. */
final class BroughtAuthority {

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--ca-cert",
      paramLabel = "FILE",
      description =
          "certificate (PEM) of an authority of yours that signs; others of its chain may follow"
              + " (default: a root and an intermediate made on the first start)")
  private @Nullable Path certificate;

  @Option(
      names = "--ca-key",
      paramLabel = "FILE",
      description = "private key (PEM, no password) of --ca-cert")
  private @Nullable Path key;

  @Option(
      names = "--ca-chain",
      paramLabel = "FILE",
      description =
          "certificates (PEM) between --ca-cert and its root, and that root; other roots in it hold"
              + " as well, while one follows another")
  private @Nullable Path chain;

  @Option(
      names = "--ca-keystore",
      paramLabel = "FILE",
      description = "the same in one file of PKCS #12, in place of --ca-cert and --ca-key")
  private @Nullable Path keystore;

  @Option(
      names = "--ca-password-file",
      paramLabel = "FILE",
      description = "file with the password of --ca-keystore")
  private @Nullable Path password;

  @Option(
      names = "--ca-pkcs11",
      paramLabel = "FILE",
      description =
          "configuration of the JDK's provider SunPKCS11: the key that signs and its certificate are"
              + " in the token that it names, and the key stays there; --ca-chain as well, if the"
              + " token has no others")
  private @Nullable Path token;

  @Option(
      names = "--ca-pin-file",
      paramLabel = "FILE",
      description = "file with the user PIN of the token, which others must not read")
  private @Nullable Path pin;

  @Option(
      names = "--ca-alias",
      paramLabel = "LABEL",
      description = "of the key in the token (default: the only one)")
  private @Nullable String alias;

  @Option(
      names = "--ca-command",
      paramLabel = "COMMAND",
      description =
          "program of an authority elsewhere: it reads a request (PEM) for each certificate, and"
              + " writes the chain; words are parted by blanks, no shell reads them")
  private @Nullable String command;

  @Option(
      names = "--ca-root",
      paramLabel = "FILE",
      description = "roots (PEM) that what --ca-command writes must end in")
  private @Nullable Path roots;

  AuthoritySource source() {
    if (command != null || roots != null) {
      return elsewhere();
    }
    if (token != null || pin != null || alias != null) {
      return inToken();
    }
    if (keystore != null) {
      if (certificate != null || key != null || chain != null) {
        throw wrong("ca-keystore: beside --ca-cert, --ca-key or --ca-chain (expected: one way)");
      }
      if (password == null) {
        throw wrong("ca-password-file: absent (expected: a file with the password)");
      }
      return new AuthoritySource.KeyStoreFile(keystore, password);
    }
    if (password != null) {
      throw wrong("ca-password-file: without --ca-keystore (expected: both)");
    }
    if (certificate != null && key != null) {
      return new AuthoritySource.PemFiles(certificate, key, chain);
    }
    if (certificate != null || key != null || chain != null) {
      throw wrong("ca-cert, ca-key: one is absent (expected: both)");
    }
    return new AuthoritySource.SelfMade();
  }

  private AuthoritySource inToken() {
    if (token == null || pin == null) {
      throw wrong("ca-pkcs11, ca-pin-file: one is absent (expected: both)");
    }
    if (certificate != null || key != null || keystore != null || password != null) {
      throw wrong(
          "ca-pkcs11: beside --ca-cert, --ca-key, --ca-keystore or --ca-password-file (expected: one"
              + " way)");
    }
    return new AuthoritySource.TokenKey(token, alias, pin, chain);
  }

  private AuthoritySource elsewhere() {
    if (command == null || roots == null) {
      throw wrong("ca-command, ca-root: one is absent (expected: both)");
    }
    if (certificate != null
        || key != null
        || chain != null
        || keystore != null
        || password != null
        || token != null
        || pin != null
        || alias != null) {
      throw wrong(
          "ca-command: beside --ca-cert, --ca-key, --ca-chain, --ca-keystore, --ca-password-file,"
              + " --ca-pkcs11, --ca-pin-file or --ca-alias (expected: one way)");
    }
    try {
      return AuthoritySource.Command.of(command, roots);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
