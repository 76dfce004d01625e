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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several controllers by name, in a file that only this user may read: which there are is nobody
 * else's business. Immutable.
 */
final class Contexts {

  /**
   * One controller.
   *
   * @param tokenFile null: by login
   * @param serverCa null: the roots that the JVM trusts
   */
  record Context(
      String name, String controller, @Nullable Path tokenFile, @Nullable Path serverCa) {}

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;

  Contexts(Path file) {
    this.file = file;
  }

  /** The name of the one that counts where none is named; null if there is none. */
  @Nullable String current() {
    JsonNode current = read().path("current");
    return current.isTextual() ? current.asText() : null;
  }

  List<Context> all() {
    List<Context> all = new ArrayList<>();
    read()
        .path("contexts")
        .fields()
        .forEachRemaining(entry -> all.add(context(entry.getKey(), entry.getValue())));
    return all;
  }

  /**
   * @throws CommandFailed if there is none of the name
   */
  Context named(String name) {
    JsonNode known = read().path("contexts").path(name);
    if (!known.isObject()) {
      List<String> names = all().stream().map(Context::name).toList();
      throw new CommandFailed(
          Exit.USAGE,
          "context: "
              + name
              + " (expected: "
              + (names.isEmpty()
                  ? "one that `endomesh context set` made; there is none"
                  : "one of " + String.join(", ", names))
              + ")");
    }
    return context(name, known);
  }

  void put(Context context) {
    ObjectNode content = read();
    ObjectNode json =
        content
            .withObject("/contexts")
            .putObject(context.name())
            .put("controller", context.controller());
    Path tokenFile = context.tokenFile();
    if (tokenFile != null) {
      json.put("tokenFile", tokenFile.toString());
    }
    Path serverCa = context.serverCa();
    if (serverCa != null) {
      json.put("serverCa", serverCa.toString());
    }
    if (!content.path("current").isTextual()) {
      content.put("current", context.name());
    }
    write(content);
  }

  void use(String name) {
    named(name);
    write(read().put("current", name));
  }

  void remove(String name) {
    named(name);
    ObjectNode content = read();
    content.withObject("/contexts").remove(name);
    if (content.path("current").asText().equals(name)) {
      content.remove("current");
    }
    write(content);
  }

  private static Context context(String name, JsonNode json) {
    return new Context(
        name, json.path("controller").asText(), path(json, "tokenFile"), path(json, "serverCa"));
  }

  private static @Nullable Path path(JsonNode json, String field) {
    return json.path(field).isTextual() ? Path.of(json.path(field).asText()) : null;
  }

  private ObjectNode read() {
    try {
      if (JSON.readTree(Files.readString(file)) instanceof ObjectNode contexts) {
        return contexts;
      }
      throw failed("is no object of JSON (delete it, and set the contexts again)");
    } catch (NoSuchFileException e) {
      return JSON.createObjectNode();
    } catch (JsonProcessingException e) {
      throw failed("is no JSON (delete it, and set the contexts again)");
    } catch (IOException e) {
      throw failed("cannot be read (" + e + ")");
    }
  }

  private void write(ObjectNode content) {
    try {
      SecretFile.write(file, content.toPrettyString() + "\n");
    } catch (IOException e) {
      throw failed("cannot be written (" + e + ")");
    }
  }

  private CommandFailed failed(String what) {
    return new CommandFailed(Exit.USAGE, "contexts: " + file + ": " + what);
  }
}
