package io.endomesh.controller.cli;

import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.tokens.AdminToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which controller to talk to, and as whom: options that every client command has. */
final class Connection {

  @Option(
      names = "--controller",
      paramLabel = "URL",
      description = "address of the controller (default: ENDOMESH_CONTROLLER, or ${DEFAULT-VALUE})",
      defaultValue = "${env:ENDOMESH_CONTROLLER:-http://127.0.0.1:7443}")
  private String controller = "http://127.0.0.1:" + ControllerOptions.DEFAULT_PORT;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "file with the admin token; not needed on the controller's own machine"
              + " (default: ENDOMESH_TOKEN_FILE)",
      defaultValue = "${env:ENDOMESH_TOKEN_FILE}")
  private @Nullable Path tokenFile;

  @Option(
      names = "--server-ca",
      paramLabel = "FILE",
      description = "PEM file with the mesh's root, for https (default: ENDOMESH_SERVER_CA)",
      defaultValue = "${env:ENDOMESH_SERVER_CA}")
  private @Nullable Path serverCa;

  ApiClient open() {
    return new ApiClient(controller, token(), serverCa);
  }

  private @Nullable String token() {
    Path file = tokenFile;
    if (file == null) {
      Path own = ControllerCommand.defaultDataDir().resolve(AdminToken.FILE_NAME);
      if (!Files.isReadable(own) || controller.startsWith("http://")) {
        return null;
      }
      file = own;
    }
    try {
      return Files.readString(file).trim();
    } catch (IOException e) {
      throw new CommandFailed(
          Exit.USAGE, "token-file: " + file + " cannot be read (" + e.getMessage() + ")");
    }
  }
}
