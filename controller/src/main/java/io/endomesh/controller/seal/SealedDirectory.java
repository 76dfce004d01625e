package io.endomesh.controller.seal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The data key of a data directory, wrapped, in the file {@code seal.json}. Where that file is, all
 * secrets of the directory are sealed. Stateless.
 */
public final class SealedDirectory {

  private static final String FILE_NAME = "seal.json";

  /** What a wrong data key cannot read. */
  private static final String PROOF = "endomesh";

  private static final ObjectMapper JSON = new ObjectMapper();

  private SealedDirectory() {}

  /** Writes a file so that a crash leaves the old one or the new one. */
  public interface Writer {
    void write(Path file, String content) throws IOException;
  }

  public static boolean isSealed(Path directory) {
    return Files.exists(directory.resolve(FILE_NAME));
  }

  /**
   * The seal of a directory; empty if it is not sealed. A directory that is still empty is sealed
   * from its beginning.
   *
   * @param source null: there is no key
   * @throws IOException with a sentence, if there is no key and one is needed, if it is not the
   *     right one, and if there is a key and the directory was not sealed yet
   */
  public static Optional<Seal> open(Path directory, @Nullable KeySource source, Writer writer)
      throws IOException {
    if (isSealed(directory)) {
      if (source == null) {
        throw new IOException(
            directory
                + " is sealed (expected: --seal-key-file or --seal-command, the one that it was"
                + " sealed with)");
      }
      return Optional.of(read(directory.resolve(FILE_NAME), source));
    }
    if (source == null) {
      return Optional.empty();
    }
    if (Files.exists(directory.resolve("endomesh.db"))) {
      throw new IOException(
          directory
              + " is not sealed yet (expected: `endomesh controller seal` once, with the same"
              + " options, while no controller runs)");
    }
    return Optional.of(create(directory, source, writer));
  }

  /** Begins to seal a directory, or goes on with it: the same key, however often it is called. */
  public static Seal begin(Path directory, KeySource source, Writer writer) throws IOException {
    return isSealed(directory)
        ? read(directory.resolve(FILE_NAME), source)
        : create(directory, source, writer);
  }

  private static Seal create(Path directory, KeySource source, Writer writer) throws IOException {
    byte[] key = AesGcm.newKey();
    Seal seal = new Seal(key);
    String wrapped = source.wrap(key);
    // Else a service that wraps and does not unwrap would be noticed when it is too late.
    proved(new Seal(source.unwrap(wrapped)), seal.seal(PROOF, PROOF));
    writer.write(
        directory.resolve(FILE_NAME),
        JSON.createObjectNode()
                .put("version", 1)
                .put("key", wrapped)
                .put("proof", seal.seal(PROOF, PROOF))
                .toPrettyString()
            + "\n");
    return seal;
  }

  private static Seal read(Path file, KeySource source) throws IOException {
    JsonNode json;
    try {
      json = JSON.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": is no JSON (expected: the file as it was written)", e);
    }
    if (json.path("version").asInt() != 1 || !json.path("key").isTextual()) {
      throw new IOException(file + ": unknown (expected: version 1, written by a controller)");
    }
    return proved(new Seal(source.unwrap(json.path("key").asText())), json.path("proof").asText());
  }

  private static Seal proved(Seal seal, String proof) throws IOException {
    try {
      seal.open(PROOF, proof);
      return seal;
    } catch (IOException | IllegalStateException e) {
      throw new IOException(
          "the key that the seal's key source gives is not the one of this data directory"
              + " (expected: the source that it was sealed with)",
          e);
    }
  }
}
