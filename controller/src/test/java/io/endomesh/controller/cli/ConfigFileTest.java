package io.endomesh.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ConfigFileTest {

  @TempDir Path home;
  private final Map<String, String> environment = new HashMap<>();

  private Path write(Path file, String yaml) throws Exception {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, yaml);
  }

  private Path standard() {
    return home.resolve(".config/endomesh/config.yaml");
  }

  private ConfigFile find() {
    return ConfigFile.find(environment::get, home);
  }

  @Test
  void find_none_hasNoValues() {
    assertThat(find().text(ConfigFile.CONTROLLER)).isNull();
    assertThat(find().path(ConfigFile.TOKEN_FILE)).isNull();
  }

  @Test
  void find_standardPlace_isReadAndPathsAreRelativeToIt() throws Exception {
    write(
        standard(),
        "controller: https://mesh:7443\ntoken-file: ~/admin-token\nserver-ca: root.pem\n");

    assertThat(find().text(ConfigFile.CONTROLLER)).isEqualTo("https://mesh:7443");
    assertThat(find().path(ConfigFile.TOKEN_FILE)).isEqualTo(home.resolve("admin-token"));
    assertThat(find().path(ConfigFile.SERVER_CA)).isEqualTo(standard().resolveSibling("root.pem"));
  }

  @Test
  void find_xdgConfigHome_countsMoreThanTheStandardPlaceAndLessThanTheVariable() throws Exception {
    write(standard(), "controller: http://standard:1\n");
    write(home.resolve("xdg/endomesh/config.yaml"), "controller: http://xdg:1\n");
    environment.put("XDG_CONFIG_HOME", home.resolve("xdg").toString());
    assertThat(find().text(ConfigFile.CONTROLLER)).isEqualTo("http://xdg:1");

    environment.put(
        "ENDOMESH_CONFIG",
        write(home.resolve("named.yaml"), "controller: http://named:1\n").toString());
    assertThat(find().text(ConfigFile.CONTROLLER)).isEqualTo("http://named:1");

    environment.remove("ENDOMESH_CONFIG");
    environment.put("XDG_CONFIG_HOME", "relative");
    assertThat(find().text(ConfigFile.CONTROLLER)).isEqualTo("http://standard:1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "controler: http://mesh:1 | controler: unknown key (expected: one of controller,"
            + " token-file, server-ca)",
        "controller: 7443         | controller: 7443 (expected: http[s]://host:port)",
        "token-file: [a, b]       | token-file: [a, b] (expected: a path)",
        "server-ca:               | server-ca: null (expected: a path)",
        "controller: [            | is no YAML: ",
        "just text                | is no mapping (expected: lines such as",
      })
  void find_badContent_namesFileAndKey(String yaml, String sentence) throws Exception {
    write(standard(), yaml + "\n");

    assertThatThrownBy(this::find)
        .isInstanceOfSatisfying(
            CommandFailed.class, e -> assertThat(e.exit()).isEqualTo(Exit.USAGE))
        .hasMessageStartingWith("config: " + standard() + ": " + sentence);
  }

  @Test
  void find_emptyFile_hasNoValues() throws Exception {
    write(standard(), "# nothing yet\n");

    assertThat(find().text(ConfigFile.CONTROLLER)).isNull();
  }

  @Test
  void find_namedFileMissing_saysSo() {
    environment.put("ENDOMESH_CONFIG", home.resolve("none.yaml").toString());

    assertThatThrownBy(this::find)
        .hasMessage(
            "config: %s: is not there (expected: the file that ENDOMESH_CONFIG names)"
                .formatted(home.resolve("none.yaml")));
  }

  @Test
  void connection_optionThenEnvironmentThenFileThenDefault() throws Exception {
    assertThat(controller()).isEqualTo("http://127.0.0.1:7443");

    write(standard(), "controller: http://file:1\n");
    assertThat(controller()).isEqualTo("http://file:1");

    environment.put("ENDOMESH_CONTROLLER", "http://environment:1");
    assertThat(controller()).isEqualTo("http://environment:1");
    assertThat(controller("--controller=http://option:1")).isEqualTo("http://option:1");

    environment.put("ENDOMESH_CONTROLLER", "");
    assertThat(controller()).isEqualTo("http://file:1");
  }

  @Test
  void connection_tokenFileOfTheConfigMissing_namesIt() throws Exception {
    write(standard(), "token-file: none\n");

    assertThatThrownBy(this::controller)
        .hasMessageStartingWith(
            "token-file: " + standard().resolveSibling("none") + " cannot be read");
  }

  private String controller(String... options) {
    Client client = new Client(new Connection(environment::get, home));
    new CommandLine(client).parseArgs(options);
    return client.connection.open().controller();
  }

  @Command(name = "client")
  private static final class Client {
    @Mixin private final Connection connection;

    Client(Connection connection) {
      this.connection = connection;
    }
  }
}
