package io.endomesh.controller.seal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The data key of a data directory, wrapped, in the file {@code seal.json}. Where that file is, all
 * secrets of the directory are sealed. Stateless.
 */
public final class SealedDirectory {

  private static final String FILE_NAME = "seal.json";

  private static final int VERSION = 1;

  /** It has a key before the present one. Who knows version 1 alone must not start with it. */
  private static final int CHANGING = 2;

  private static final String PREVIOUS = "previous";

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

  /**
   * Another key from another source. By one file that is replaced, the old source opens all until
   * then, and the new one all from then on: it comes to know the old data key as well, until {@link
   * #finish}. Goes on with a change that was interrupted.
   *
   * @return seals by the new key, and reads what was sealed by either
   */
  public static Seal change(Path directory, KeySource from, KeySource to, Writer writer)
      throws IOException {
    Path file = directory.resolve(FILE_NAME);
    Seal old;
    try {
      old = read(file, from);
    } catch (IOException e) {
      try {
        return read(file, to);
      } catch (IOException neither) {
        throw e;
      }
    }
    if (isChanging(file)) {
      throw new IOException(
          file
              + ": an earlier change of the key is not finished (expected: `endomesh controller"
              + " seal` with the present key first)");
    }
    Made made = make(to);
    made.json().put("version", CHANGING).put("previous", old.sealedBy(made.seal(), PREVIOUS));
    write(file, made.json(), writer);
    return made.seal().after(old);
  }

  /** Once all is sealed by the present key: the one before it is known no longer. */
  public static void finish(Path directory, Writer writer) throws IOException {
    Path file = directory.resolve(FILE_NAME);
    if (isChanging(file)) {
      ObjectNode json = json(file);
      json.remove("previous");
      write(file, json.put("version", VERSION), writer);
    }
  }

  private static boolean isChanging(Path file) throws IOException {
    return json(file).path("version").asInt() == CHANGING;
  }

  private static Seal create(Path directory, KeySource source, Writer writer) throws IOException {
    Made made = make(source);
    write(directory.resolve(FILE_NAME), made.json(), writer);
    return made.seal();
  }

  private record Made(Seal seal, ObjectNode json) {}

  private static Made make(KeySource source) throws IOException {
    byte[] key = AesGcm.newKey();
    Seal seal = new Seal(key);
    String wrapped = source.wrap(key);
    // Else a service that wraps and does not unwrap would be noticed when it is too late.
    proved(new Seal(source.unwrap(wrapped)), seal.seal(PROOF, PROOF));
    return new Made(
        seal,
        JSON.createObjectNode()
            .put("version", VERSION)
            .put("key", wrapped)
            .put("proof", seal.seal(PROOF, PROOF)));
  }

  private static void write(Path file, ObjectNode json, Writer writer) throws IOException {
    writer.write(file, json.toPrettyString() + "\n");
  }

  private static ObjectNode json(Path file) throws IOException {
    JsonNode json;
    try {
      json = JSON.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": is no JSON (expected: the file as it was written)", e);
    }
    int version = json.path("version").asInt();
    if (json instanceof ObjectNode object
        && (version == VERSION || (version == CHANGING && json.path("previous").isTextual()))
        && json.path("key").isTextual()) {
      return object;
    }
    throw new IOException(
        file + ": unknown (expected: version 1 or 2, written by a controller of this version)");
  }

  private static Seal read(Path file, KeySource source) throws IOException {
    ObjectNode json = json(file);
    byte[] key = source.unwrap(json.path("key").asText());
    Seal seal = proved(new Seal(key), json.path("proof").asText());
    return json.path("version").asInt() == CHANGING
        ? new Seal(
            key, Base64.getDecoder().decode(seal.open(PREVIOUS, json.path("previous").asText())))
        : seal;
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
