package io.endomesh.controller.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * What a user wrote down once instead of giving it with each command: {@code
 * ~/.config/endomesh/config.yaml}. Options and environment count more. Immutable.
 */
final class ConfigFile {

  static final String CONTROLLER = "controller";
  static final String TOKEN_FILE = "token-file";
  static final String SERVER_CA = "server-ca";

  private static final List<String> KEYS = List.of(CONTROLLER, TOKEN_FILE, SERVER_CA);

  private final Path file;
  private final Path home;
  private final Map<String, String> values;

  private ConfigFile(Path file, Path home, Map<String, String> values) {
    this.file = file;
    this.home = home;
    this.values = values;
  }

  /**
   * The file that {@code ENDOMESH_CONFIG} names, else the one in the place of the XDG base
   * directory specification; without it there are no values.
   *
   * @param environment null for a variable that is not set
   * @throws CommandFailed if the file is not as it should be, or is named and not there
   */
  static ConfigFile find(UnaryOperator<@Nullable String> environment, Path home) {
    String named = environment.apply("ENDOMESH_CONFIG");
    if (named != null && !named.isEmpty()) {
      Path file = Path.of(named);
      return new ConfigFile(file, home, read(file, /* mustExist= */ true));
    }
    String xdg = environment.apply("XDG_CONFIG_HOME");
    // The specification: unset or empty means ~/.config, and relative paths are to be ignored.
    Path directory =
        xdg != null && Path.of(xdg).isAbsolute() ? Path.of(xdg) : home.resolve(".config");
    Path file = directory.resolve("endomesh").resolve("config.yaml");
    return new ConfigFile(file, home, read(file, /* mustExist= */ false));
  }

  @Nullable String text(String key) {
    return values.get(key);
  }

  /** Where the logins of this user are kept: beside this file. */
  Path logins() {
    return file.toAbsolutePath().resolveSibling("logins.json");
  }

  /** Where the controllers that have names are kept: beside this file. */
  Path contexts() {
    return file.toAbsolutePath().resolveSibling("contexts.json");
  }

  /** Relative to the directory of the config file; {@code ~/} is the user's home. */
  @Nullable Path path(String key) {
    String value = values.get(key);
    if (value == null) {
      return null;
    }
    return value.startsWith("~/") ? home.resolve(value.substring(2)) : file.resolveSibling(value);
  }

  private static Map<String, String> read(Path file, boolean mustExist) {
    Object content;
    try {
      content =
          new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build())
              .loadFromString(Files.readString(file));
    } catch (NoSuchFileException e) {
      if (mustExist) {
        throw bad(file, "is not there (expected: the file that ENDOMESH_CONFIG names)");
      }
      return Map.of();
    } catch (IOException e) {
      throw bad(file, "cannot be read (" + e + ")");
    } catch (YamlEngineException e) {
      throw bad(
          file, "is no YAML: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
    if (content == null) {
      return Map.of();
    }
    if (!(content instanceof Map<?, ?> map)) {
      throw bad(file, "is no mapping (expected: lines such as `controller: https://host:7443`)");
    }
    Map<String, String> values = new LinkedHashMap<>();
    map.forEach((key, value) -> values.put(known(file, key), text(file, key, value)));
    return values;
  }

  private static String known(Path file, @Nullable Object key) {
    if (key instanceof String name && KEYS.contains(name)) {
      return name;
    }
    throw bad(file, key + ": unknown key (expected: one of " + String.join(", ", KEYS) + ")");
  }

  private static String text(Path file, @Nullable Object key, @Nullable Object value) {
    if (value instanceof String text && !text.isBlank()) {
      return text.strip();
    }
    String expected = CONTROLLER.equals(key) ? "http[s]://host:port" : "a path";
    throw bad(file, key + ": " + value + " (expected: " + expected + ")");
  }

  private static CommandFailed bad(Path file, String what) {
    return new CommandFailed(Exit.USAGE, "config: " + file + ": " + what);
  }
}
