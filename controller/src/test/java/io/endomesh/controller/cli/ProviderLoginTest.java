package io.endomesh.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.access.OidcOptions;
import io.endomesh.controller.access.PublicAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ProviderLoginTest {

  @Command
  private static final class Options {
    @Mixin private ProviderLogin login = new ProviderLogin();
  }

  private static OidcOptions read(String... arguments) {
    Options options = new Options();
    new CommandLine(options).parseArgs(arguments);
    return options.login.options();
  }

  @Test
  void options_absent_meanAccountsOnly_andOfAProviderTheirDefaults() {
    assertThat(read()).isNull();

    OidcOptions options =
        read(
            "--oidc-issuer=https://login.example",
            "--oidc-client-id=endomesh",
            "--oidc-role=groups=a:viewer",
            "--oidc-role=groups=b:admin");

    assertThat(options.name()).isEqualTo("OpenID Connect");
    assertThat(options.roles()).hasSize(2);
    assertThat(options.provider().scopes())
        .containsExactlyInAnyOrder("openid", "profile", "email")
        .startsWith("openid");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--oidc-client-id=a|--oidc-issuer: absent, beside other --oidc options",
        "--oidc-issuer=https://a.example|--oidc-client-id: absent (expected: ",
        "--oidc-issuer=https://a.example --oidc-client-id=a|--oidc-role: absent (expected: ",
        "--oidc-issuer=http://a.example --oidc-client-id=a --oidc-role=a=b:admin"
            + "|--oidc-issuer: 'http://a.example' (expected: an https URL",
        "--oidc-issuer=https://a.example --oidc-client-id=a --oidc-role=a:b"
            + "|--oidc-role: 'a:b' (expected: CLAIM=VALUE:ROLE",
        "--oidc-issuer=https://a.example --oidc-client-id=a --oidc-role=a=b:admin --oidc-name= "
            + "|--oidc-name: '' (expected: "
      })
  void options_thatMakeNoSense_areNamed(String arguments, String message) {
    assertThatThrownBy(() -> read(arguments.split(" ")))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mesh.example",
        "https://mesh.example/console",
        "https://a@mesh.example",
        "https://mesh.example?a",
        "ftp://mesh.example",
        "https://"
      })
  void publicUrl_thatIsNoneOfAConsole_isNamed(String url) {
    assertThatThrownBy(() -> PublicAddress.parse(url))
        .hasMessageContaining("--public-url: '" + url + "' (expected: https://HOST");
  }

  @Test
  void publicUrl_absent_isWhatIsAdvertised_orTheMachineItself_orAskedFor() throws Exception {
    InetAddress everywhere = InetAddress.getByName("0.0.0.0");
    InetAddress loopback = InetAddress.getByName("::1");

    assertThat(PublicAddress.of(null, "mesh.example:7443", everywhere, () -> null).get().url())
        .hasToString("https://mesh.example:7443");
    assertThat(
            PublicAddress.of(null, null, loopback, () -> new InetSocketAddress(loopback, 7443))
                .get()
                .url())
        .hasToString("http://[::1]:7443");
    assertThatThrownBy(() -> PublicAddress.of(null, null, everywhere, () -> null))
        .hasMessageContaining("expected: --public-url or --advertise");
  }
}
