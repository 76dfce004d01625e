package io.endomesh.controller.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Keeps the key that encrypts the data key, outside of the data directory. Immutable. */
public sealed interface KeySource {

  /** The data key as it may lie on a disk. */
  String wrap(byte[] dataKey) throws IOException;

  byte[] unwrap(String wrapped) throws IOException;

  /** A file with 32 random bytes in Base64. */
  record KeyFile(Path file) implements KeySource {

    private static final byte[] CONTEXT = "endomesh data key".getBytes(US_ASCII);

    @Override
    public String wrap(byte[] dataKey) throws IOException {
      return Base64.getEncoder().encodeToString(AesGcm.encrypt(key(), CONTEXT, dataKey));
    }

    @Override
    public byte[] unwrap(String wrapped) throws IOException {
      try {
        return AesGcm.decrypt(key(), CONTEXT, Base64.getDecoder().decode(wrapped));
      } catch (GeneralSecurityException | IllegalArgumentException e) {
        throw new IOException(
            "seal-key-file: "
                + file
                + " is not the key of this data directory (expected: the one that it was sealed"
                + " with)",
            e);
      }
    }

    private byte[] key() throws IOException {
      String text;
      try {
        text = Files.readString(file, US_ASCII).strip();
      } catch (IOException e) {
        throw new IOException("seal-key-file: " + file + " cannot be read (" + e + ")", e);
      }
      byte[] key;
      try {
        key = Base64.getDecoder().decode(text);
      } catch (IllegalArgumentException e) {
        key = new byte[0];
      }
      if (key.length != AesGcm.KEY_BYTES) {
        throw new IOException(
            "seal-key-file: "
                + file
                + ": no key (expected: 32 bytes in Base64, as `openssl rand -base64 32` makes"
                + " them)");
      }
      return key;
    }
  }

  /**
   * A program that asks a key management service. It is run with {@code wrap} or {@code unwrap} as
   * its last argument, reads one line, and writes one.
   */
  record Command(List<String> command) implements KeySource {

    private static final long PATIENCE_SECONDS = 30;

    private static final int MAX_COMPLAINT = 200;

    /** Words are parted by white space; no shell reads them. */
    public static Command of(String line) {
      List<String> words = List.of(line.strip().split("\\s+"));
      if (words.get(0).isEmpty()) {
        throw new IllegalArgumentException("seal-command: '' (expected: a program)");
      }
      return new Command(words);
    }

    @Override
    public String wrap(byte[] dataKey) throws IOException {
      return run("wrap", Base64.getEncoder().encodeToString(dataKey));
    }

    @Override
    public byte[] unwrap(String wrapped) throws IOException {
      try {
        return Base64.getDecoder().decode(run("unwrap", wrapped));
      } catch (IllegalArgumentException e) {
        throw failed("unwrap", "wrote what is no Base64", e);
      }
    }

    private String run(String verb, String input) throws IOException {
      List<String> words = new ArrayList<>(command);
      words.add(verb);
      Process process;
      try {
        process = new ProcessBuilder(words).start();
      } catch (IOException e) {
        throw failed(verb, "does not start (" + e.getMessage() + ")", e);
      }
      try {
        CompletableFuture<String> out = read(process.getInputStream());
        CompletableFuture<String> err = read(process.getErrorStream());
        write(process.getOutputStream(), input + "\n");
        String answer = out.get(PATIENCE_SECONDS, TimeUnit.SECONDS).strip();
        if (process.waitFor() != 0) {
          String complaint = err.get().strip().lines().findFirst().orElse("no word");
          throw failed(
              verb,
              "ended with "
                  + process.exitValue()
                  + ": "
                  + complaint.substring(0, Math.min(complaint.length(), MAX_COMPLAINT)),
              null);
        }
        if (answer.isEmpty() || answer.lines().count() != 1) {
          throw failed(verb, "wrote " + answer.lines().count() + " lines (expected: one)", null);
        }
        return answer;
      } catch (ExecutionException | TimeoutException e) {
        throw failed(verb, "gave no answer in " + PATIENCE_SECONDS + " s", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failed(verb, "was interrupted", e);
      } finally {
        process.destroyForcibly();
      }
    }

    private static void write(OutputStream in, String line) {
      try (in) {
        in.write(line.getBytes(US_ASCII));
      } catch (IOException e) {
        // It ended without reading: its exit and its complaint tell more.
      }
    }

    private static CompletableFuture<String> read(InputStream in) {
      return CompletableFuture.supplyAsync(
          () -> {
            try (in) {
              return new String(in.readAllBytes(), UTF_8);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }

    private IOException failed(String verb, String what, @Nullable Exception cause) {
      return new IOException("seal-command: " + command.get(0) + " " + verb + " " + what, cause);
    }
  }
}
