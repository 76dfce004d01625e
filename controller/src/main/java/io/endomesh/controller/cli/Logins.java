package io.endomesh.controller.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.ca.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@code endomesh login} got from each controller, in a file that only this user may read.
 * Immutable.
 */
final class Logins {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;

  Logins(Path file) {
    this.file = file;
  }

  /** The token of the login to a controller; null if there is none. */
  @Nullable String find(String controller) {
    JsonNode token = read().path(key(controller)).path("token");
    return token.isTextual() ? token.asText() : null;
  }

  void put(String controller, String user, String token, String expiresAt) {
    ObjectNode logins = read();
    logins
        .putObject(key(controller))
        .put("user", user)
        .put("token", token)
        .put("expiresAt", expiresAt);
    write(logins);
  }

  void remove(String controller) {
    ObjectNode logins = read();
    if (logins.remove(key(controller)) != null) {
      write(logins);
    }
  }

  private ObjectNode read() {
    try {
      return JSON.readTree(Files.readString(file)) instanceof ObjectNode logins
          ? logins
          : JSON.createObjectNode();
    } catch (NoSuchFileException e) {
      return JSON.createObjectNode();
    } catch (JsonProcessingException e) {
      throw failed("is no JSON (delete it, and log in again)");
    } catch (IOException e) {
      throw failed("cannot be read (" + e + ")");
    }
  }

  private void write(ObjectNode logins) {
    try {
      SecretFile.write(file, logins.toPrettyString() + "\n");
    } catch (IOException e) {
      throw failed("cannot be written (" + e + ")");
    }
  }

  private CommandFailed failed(String what) {
    return new CommandFailed(Exit.USAGE, "logins: " + file + ": " + what);
  }

  private static String key(String controller) {
    return controller.endsWith("/") ? controller.substring(0, controller.length() - 1) : controller;
  }
}
