package io.endomesh.controller;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** HTTP/2 (RFC 9113) as no library speaks it: frame by frame, in plaintext. Not thread-safe. */
public final class RawHttp2 implements AutoCloseable {

  static final int DATA = 0x0;
  static final int HEADERS = 0x1;
  static final int RST_STREAM = 0x3;
  static final int SETTINGS = 0x4;
  static final int PING = 0x6;
  static final int GOAWAY = 0x7;
  static final int WINDOW_UPDATE = 0x8;
  static final int CONTINUATION = 0x9;

  static final int END_STREAM = 0x1;
  static final int END_HEADERS = 0x4;

  /** Larger than what is waited for, smaller than a test. */
  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;
  private final DataOutputStream out;
  private final DataInputStream in;

  RawHttp2(InetSocketAddress server) throws IOException {
    socket = new Socket();
    socket.connect(server, PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    out = new DataOutputStream(new java.io.BufferedOutputStream(socket.getOutputStream(), 1 << 16));
    in = new DataInputStream(socket.getInputStream());
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
  }

  void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    out.writeByte(payload.length >> 16);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
  }

  void flush() throws IOException {
    out.flush();
  }

  /** GET of a path, as HPACK writes it without a table (RFC 7541, 6.2.2). */
  byte[] get(String path) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x82);
    block.write(0x86);
    literal(block, 0x04, path);
    literal(block, 0x01, "localhost");
    return block.toByteArray();
  }

  /** A header of a name of its own. */
  static byte[] header(String name, String value) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x00);
    text(block, name);
    text(block, value);
    return block.toByteArray();
  }

  private static void literal(ByteArrayOutputStream block, int index, String value) {
    block.write(index);
    text(block, value);
  }

  private static void text(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    int rest = bytes.length;
    // An integer of a prefix of seven bits (RFC 7541, 5.1).
    if (rest < 127) {
      block.write(rest);
    } else {
      block.write(127);
      for (rest -= 127; rest >= 128; rest >>= 7) {
        block.write(rest & 0x7f | 0x80);
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }

  /**
   * Reads on until the other side ends the connection.
   *
   * @return the error code of its GOAWAY, -1 if it said none
   * @throws SocketTimeoutException if it does not end
   */
  int end() throws IOException {
    int code = -1;
    while (true) {
      try {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        in.readByte();
        in.readInt();
        byte[] payload = in.readNBytes(length);
        if (type == GOAWAY && payload.length >= 8) {
          code = java.nio.ByteBuffer.wrap(payload, 4, 4).getInt();
        }
      } catch (SocketTimeoutException e) {
        throw e;
      } catch (IOException ended) {
        return code;
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
