package io.endomesh.controller.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.Version;
import io.endomesh.controller.store.Item;
import io.endomesh.controller.store.ItemJson;
import io.endomesh.controller.store.ItemSink;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;

/**
 * Writes a backup: gzip of lines of JSON. The first says what it is, the last how many there are
 * and what they add up to, so that one that was cut off or changed is known. Confined to one
 * thread.
 */
public final class BackupWriter implements ItemSink, AutoCloseable {

  /** Grows when older versions could not read it rightly. */
  static final int FORMAT = 1;

  static final String HEADER = "endomeshBackup";

  private final OutputStream out;
  private final MessageDigest digest = sha256();
  private long lines;

  /**
   * @param sealed whether its secrets are
   */
  public BackupWriter(OutputStream out, Instant at, boolean sealed) throws IOException {
    this.out = new GZIPOutputStream(out, 64 << 10);
    line(
        JsonNodeFactory.instance
            .objectNode()
            .put(HEADER, FORMAT)
            .put("version", Version.current())
            .put("at", at.toString())
            .put("sealed", sealed));
  }

  @Override
  public void take(Item item) throws IOException {
    line(ItemJson.write(item));
  }

  /** Without it, what was written is no backup. */
  public void finish() throws IOException {
    String sum = HexFormat.of().formatHex(digest.digest());
    ObjectNode last = JsonNodeFactory.instance.objectNode();
    last.putObject("end").put("lines", lines).put("sha256", sum);
    out.write((last + "\n").getBytes(UTF_8));
    out.close();
  }

  private void line(ObjectNode json) throws IOException {
    byte[] bytes = (json + "\n").getBytes(UTF_8);
    digest.update(bytes);
    out.write(bytes);
    lines++;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
