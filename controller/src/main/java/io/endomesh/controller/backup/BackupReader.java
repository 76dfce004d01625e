package io.endomesh.controller.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.store.Item;
import io.endomesh.controller.store.ItemJson;
import io.endomesh.controller.store.ItemSink;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Reads a backup, and says in a sentence what is wrong with it. Stateless. */
public final class BackupReader {

  private static final ObjectMapper JSON = new ObjectMapper();

  private BackupReader() {}

  /**
   * What a backup was found to be.
   *
   * @param at when it was made
   * @param version that made it
   * @param sealed whether its secrets are
   */
  public record Summary(String at, String version, boolean sealed, Tally.Counts counts) {}

  /**
   * Tells {@code sink} all of it. It is whole only if this returns: what was told before is to be
   * thrown away otherwise.
   *
   * @throws IOException with a sentence
   */
  public static Summary read(Path file, ItemSink sink) throws IOException {
    try (InputStream raw = Files.newInputStream(file)) {
      return new Reading(file, sink).all(unzipped(file, raw));
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": no such file (expected: what `endomesh backup` wrote)", e);
    }
  }

  private static InputStream unzipped(Path file, InputStream raw) throws IOException {
    try {
      return new GZIPInputStream(raw, 64 << 10);
    } catch (ZipException | EOFException e) {
      throw noBackup(file, e);
    }
  }

  private static IOException noBackup(Path file, @Nullable Exception e) {
    return new IOException(
        file + ": is no backup of a controller (expected: what `endomesh backup` wrote)", e);
  }

  private static final class Reading {

    private final Path file;
    private final Tally sink;
    private final MessageDigest digest = BackupWriter.sha256();
    private long lines;

    Reading(Path file, ItemSink sink) {
      this.file = file;
      this.sink = new Tally(sink);
    }

    Summary all(InputStream in) throws IOException {
      // Strict: a byte that was changed is damage, not a question mark.
      BufferedReader reader = new BufferedReader(new InputStreamReader(in, UTF_8.newDecoder()));
      JsonNode header = header(reader);
      while (true) {
        String text = line(reader);
        if (text == null) {
          throw damaged(null);
        }
        JsonNode json = json(text);
        if (json.has("end")) {
          end(reader, json.path("end"));
          return new Summary(
              json(header, "at"),
              json(header, "version"),
              header.path("sealed").asBoolean(),
              sink.counts());
        }
        count(text);
        take(json);
      }
    }

    private static String json(JsonNode header, String field) {
      return header.path(field).asText("");
    }

    private JsonNode header(BufferedReader reader) throws IOException {
      String text;
      JsonNode header;
      try {
        text = reader.readLine();
        header = text == null ? null : JSON.readTree(text);
      } catch (JsonProcessingException | CharacterCodingException | ZipException e) {
        throw noBackup(file, e);
      } catch (EOFException e) {
        throw damaged(e);
      }
      if (header == null || !header.path(BackupWriter.HEADER).isInt()) {
        throw noBackup(file, null);
      }
      int format = header.path(BackupWriter.HEADER).asInt();
      if (format != BackupWriter.FORMAT) {
        throw newer("format " + format + ", made by version " + json(header, "version"));
      }
      count(text);
      return header;
    }

    private void take(JsonNode json) throws IOException {
      Item item;
      try {
        item = ItemJson.read(json);
      } catch (RuntimeException e) {
        throw damaged(e);
      }
      // The name of a secret becomes that of a file.
      if (item == null || (item instanceof Item.Secret secret && !DataFiles.isOne(secret.name()))) {
        throw newer("line " + lines + " is of a kind that this version does not know");
      }
      sink.take(item);
    }

    private void end(BufferedReader reader, JsonNode end) throws IOException {
      String sum = HexFormat.of().formatHex(digest.digest());
      if (end.path("lines").asLong() != lines
          || !sum.equals(end.path("sha256").asText())
          || line(reader) != null) {
        throw damaged(null);
      }
    }

    private void count(String text) {
      digest.update((text + "\n").getBytes(UTF_8));
      lines++;
    }

    private @Nullable String line(BufferedReader reader) throws IOException {
      try {
        return reader.readLine();
      } catch (EOFException | ZipException | CharacterCodingException | UncheckedIOException e) {
        throw damaged(e);
      }
    }

    private JsonNode json(String text) throws IOException {
      try {
        return JSON.readTree(text);
      } catch (JsonProcessingException e) {
        throw damaged(e);
      }
    }

    private IOException damaged(@Nullable Exception e) {
      return new IOException(
          file
              + ": is damaged or cut off after line "
              + lines
              + " (expected: the whole file as it was written; nothing of it was taken)",
          e);
    }

    private IOException newer(String what) {
      return new IOException(
          file
              + ": "
              + what
              + " (expected: format "
              + BackupWriter.FORMAT
              + "; restore it with the version that made it, or a newer one)");
    }
  }
}
