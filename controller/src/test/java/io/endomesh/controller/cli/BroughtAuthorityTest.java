package io.endomesh.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.ca.AuthoritySource;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class BroughtAuthorityTest {

  @Command
  private static final class Options {
    @Mixin private BroughtAuthority authority = new BroughtAuthority();
  }

  private static AuthoritySource read(String... arguments) {
    Options options = new Options();
    new CommandLine(options).parseArgs(arguments);
    return options.authority.source();
  }

  @Test
  void command_isPartedByBlanks_andReadByNoShell() {
    assertThat(read()).isEqualTo(new AuthoritySource.SelfMade());
    assertThat(read("--ca-command=mesh-sign  --role $(id);x", "--ca-root=roots.pem"))
        .isEqualTo(
            new AuthoritySource.Command(
                List.of("mesh-sign", "--role", "$(id);x"), Path.of("roots.pem")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--ca-command=a|ca-command, ca-root: one is absent (expected: both)",
        "--ca-root=a|ca-command, ca-root: one is absent (expected: both)",
        "--ca-command= --ca-root=a|ca-command: '' (expected: a program)",
        "--ca-command=a --ca-root=b --ca-key=c|ca-command: beside --ca-cert, --ca-key,",
        "--ca-command=a --ca-root=b --ca-pin-file=c|ca-command: beside --ca-cert, --ca-key,",
        "--ca-pkcs11=a|ca-pkcs11, ca-pin-file: one is absent (expected: both)",
        "--ca-alias=a|ca-pkcs11, ca-pin-file: one is absent (expected: both)",
        "--ca-pkcs11=a --ca-pin-file=b --ca-key=c|ca-pkcs11: beside --ca-cert, --ca-key,",
        "--ca-keystore=a|ca-password-file: absent (expected: a file with the password)"
      })
  void options_thatMakeNoSense_areNamed(String arguments, String message) {
    assertThatThrownBy(() -> read(arguments.split(" ")))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining(message);
  }
}
