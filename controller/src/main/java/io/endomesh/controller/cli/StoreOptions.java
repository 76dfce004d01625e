package io.endomesh.controller.cli;

import io.endomesh.controller.etcd.EtcdAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How etcd is trusted, and believes us: options of all that speak to it. */
final class StoreOptions {

  @Option(
      names = "--etcd-ca",
      paramLabel = "FILE",
      description =
          "certificates (PEM) of authorities that etcd is trusted by; without it etcd is spoken to"
              + " in plaintext, on a loopback address only")
  private @Nullable Path authorities;

  @Option(
      names = "--etcd-cert",
      paramLabel = "FILE",
      description = "certificate (PEM) that is shown to etcd, with its chain")
  private @Nullable Path certificate;

  @Option(
      names = "--etcd-key",
      paramLabel = "FILE",
      description = "key (PEM, PKCS #8) of that certificate")
  private @Nullable Path key;

  EtcdAddress address(String text) {
    try {
      return EtcdAddress.parse(text, authorities, certificate, key);
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(Exit.USAGE, "--" + e.getMessage());
    }
  }

  /** Null if none is named. */
  @Nullable EtcdAddress addressOrNull(@Nullable String text) {
    if (text == null && (authorities != null || certificate != null || key != null)) {
      throw new CommandFailed(
          Exit.USAGE, "--etcd-ca, --etcd-cert, --etcd-key: without --store (expected: with it)");
    }
    return text == null ? null : address(text);
  }
}
