package io.endomesh.controller.cli;

import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.seal.Seal;
import io.endomesh.controller.tokens.AdminToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Which controller to talk to, and as whom: options that every client command has. What is not
 * given is taken from the environment, then from the {@link ConfigFile}.
 */
final class Connection {

  private static final String DEFAULT_CONTROLLER =
      "http://127.0.0.1:" + ControllerOptions.DEFAULT_PORT;

  private final UnaryOperator<@Nullable String> environment;
  private final Path home;

  @Option(
      names = "--controller",
      paramLabel = "URL",
      description =
          "address of the controller (default: ENDOMESH_CONTROLLER, the config file, or "
              + DEFAULT_CONTROLLER
              + ")")
  private @Nullable String controller;

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description =
          "controller by name, see `endomesh context` (default: ENDOMESH_CONTEXT, or the one in"
              + " use)")
  private @Nullable String context;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "file with an API token or the admin token; not needed on the controller's own machine,"
              + " or after `endomesh login` (default: ENDOMESH_TOKEN_FILE, or the config file)")
  private @Nullable Path tokenFile;

  @Option(
      names = "--server-ca",
      paramLabel = "FILE",
      description =
          "PEM file with the mesh's root, for https (default: ENDOMESH_SERVER_CA, or the config"
              + " file)")
  private @Nullable Path serverCa;

  Connection() {
    this(System::getenv, Path.of(System.getProperty("user.home")));
  }

  /**
   * @param environment null for a variable that is not set
   */
  Connection(UnaryOperator<@Nullable String> environment, Path home) {
    this.environment = environment;
    this.home = home;
  }

  ApiClient open() {
    ConfigFile config = ConfigFile.find(environment, home);
    Contexts.Context named = context(config);
    String address = address(named, config);
    return new ApiClient(address, token(address, named, config), serverCa(address, named, config));
  }

  /** For a login: as nobody. */
  ApiClient openWithoutToken() {
    ConfigFile config = ConfigFile.find(environment, home);
    Contexts.Context named = context(config);
    String address = address(named, config);
    return new ApiClient(address, null, serverCa(address, named, config));
  }

  Logins logins() {
    return new Logins(ConfigFile.find(environment, home).logins());
  }

  /** The one that is named, or in use if no controller is; null if there is none. */
  private Contexts.@Nullable Context context(ConfigFile config) {
    Contexts contexts = new Contexts(config.contexts());
    String name = context != null ? context : variable("ENDOMESH_CONTEXT");
    if (name == null && controller == null && variable("ENDOMESH_CONTROLLER") == null) {
      name = contexts.current();
    }
    return name == null ? null : contexts.named(name);
  }

  private String address(Contexts.@Nullable Context named, ConfigFile config) {
    if (controller != null) {
      return controller;
    }
    if (named != null) {
      return named.controller();
    }
    String variable = variable("ENDOMESH_CONTROLLER");
    if (variable != null) {
      return variable;
    }
    String written = config.text(ConfigFile.CONTROLLER);
    return written != null ? written : DEFAULT_CONTROLLER;
  }

  /** What is a context's is for its controller and for no other. */
  private @Nullable Path serverCa(
      String address, Contexts.@Nullable Context named, ConfigFile config) {
    if (serverCa == null && named != null && named.controller().equals(address)) {
      return named.serverCa();
    }
    return file(serverCa, "ENDOMESH_SERVER_CA", ConfigFile.SERVER_CA, config);
  }

  private @Nullable Path file(
      @Nullable Path option, String variable, String key, ConfigFile config) {
    if (option != null) {
      return option;
    }
    String value = variable(variable);
    return value != null ? Path.of(value) : config.path(key);
  }

  /** Empty is not set, as users of shells expect. */
  private @Nullable String variable(String name) {
    String value = environment.apply(name);
    return value == null || value.isEmpty() ? null : value;
  }

  private @Nullable String token(
      String address, Contexts.@Nullable Context named, ConfigFile config) {
    Path file =
        tokenFile == null && named != null && named.controller().equals(address)
            ? named.tokenFile()
            : file(tokenFile, "ENDOMESH_TOKEN_FILE", ConfigFile.TOKEN_FILE, config);
    if (file == null) {
      String login = new Logins(config.logins()).find(address);
      if (login != null) {
        return login;
      }
      Path own = DataDirectory.defaultPath().resolve(AdminToken.FILE_NAME);
      if (!Files.isReadable(own) || address.startsWith("http://")) {
        return null;
      }
      file = own;
    }
    try {
      String token = Files.readString(file).trim();
      if (Seal.isSealed(token)) {
        throw new CommandFailed(
            Exit.USAGE,
            "token-file: "
                + file
                + " is sealed (expected: `endomesh login`, or what `endomesh controller"
                + " admin-token` prints)");
      }
      return token;
    } catch (IOException e) {
      throw new CommandFailed(
          Exit.USAGE,
          "token-file: "
              + file
              + " cannot be read ("
              + e
              + "; expected: an API token or the admin token)");
    }
  }
}
