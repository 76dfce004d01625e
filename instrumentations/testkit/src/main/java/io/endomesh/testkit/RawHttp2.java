package io.endomesh.testkit;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One connection of HTTP/2 (RFC 9113), frame by frame and whatever the server says of it: a client
 * of a library would open another one without a word, and would send no flood. Not thread-safe, but
 * for {@link #close}.
 */
final class RawHttp2 implements AutoCloseable {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;
  private static final int ACK = 1;
  private static final int PADDED = 8;
  private static final int PRIORITY = 0x20;

  /** {@code :status 200}, as every server writes it (RFC 7541, appendix A). */
  private static final int STATUS_200 = 0x88;

  /** Behind a change of the table's size (RFC 7541, 6.3). */
  private static final int SIZE_CHANGE = 0x20;

  /** Longer than any answer takes. */
  private static final int PATIENCE_MILLIS = 10_000;

  private static final int BUFFER_BYTES = 1 << 16;

  private final Socket socket;
  private final boolean isTls;
  private final DataOutputStream out;
  private final DataInputStream in;
  private final Map<Integer, ByteArrayOutputStream> bodies = new HashMap<>();
  private final Set<Integer> served = new HashSet<>();
  private final Set<Integer> ended = new HashSet<>();
  private int lastStream = -1;
  private int goodbyeCode = -1;
  private boolean pingWasAnswered;

  /** The highest that the server takes. */
  private int lastTaken = Integer.MAX_VALUE;

  private RawHttp2(Socket socket) throws IOException {
    this.socket = socket;
    this.isTls = socket instanceof SSLSocket;
    this.out =
        new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES));
    this.in = new DataInputStream(socket.getInputStream());
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
    out.flush();
  }

  static RawHttp2 to(int port, SSLContext tls) throws IOException {
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
    plain.setSoTimeout(PATIENCE_MILLIS);
    SSLSocket socket =
        (SSLSocket) tls.getSocketFactory().createSocket(plain, "127.0.0.1", port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    return new RawHttp2(socket);
  }

  /** Makes a call of gRPC, and reads until its stream ends. */
  void call(String path, byte[] message) throws IOException {
    ByteArrayOutputStream head = head("POST", path);
    literal(head, "content-type", "application/grpc");
    literal(head, "te", "trailers");
    int stream = open(head.toByteArray(), /* ends= */ false);
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.write(new byte[] {0, 0, 0, 0, (byte) message.length});
    data.write(message);
    data(stream, data.toByteArray(), /* ends= */ true);
    await(stream);
  }

  /** True if the server answered with 200. */
  boolean get(String path) throws IOException {
    int stream = open(head("GET", path).toByteArray(), /* ends= */ true);
    await(stream);
    return served.contains(stream);
  }

  /** A request of which the body is to follow. */
  int post(String path) throws IOException {
    return open(head("POST", path).toByteArray(), /* ends= */ false);
  }

  void data(int stream, byte[] part, boolean ends) throws IOException {
    frame(DATA, ends ? END_STREAM : 0, stream, part);
    out.flush();
  }

  /** Reads until the answer has ended; its body, null if it was none of status 200. */
  byte @Nullable [] answer(int stream) throws IOException {
    await(stream);
    return served.contains(stream) ? body(stream).toByteArray() : null;
  }

  private int open(byte[] head, boolean ends) throws IOException {
    lastStream += 2;
    frame(HEADERS, END_HEADERS | (ends ? END_STREAM : 0), lastStream, head);
    out.flush();
    return lastStream;
  }

  private void await(int stream) throws IOException {
    while (!ended.contains(stream) && stream <= lastTaken) {
      read();
    }
  }

  /**
   * True if the last request was not taken, and the server said so: a client sends it on another
   * connection (RFC 9113, 6.8).
   */
  boolean isToBeRepeated() {
    return lastStream > lastTaken;
  }

  /** True once the server has said that it takes no more. */
  boolean goodbyeWasSaid() {
    return goodbyeCode >= 0;
  }

  /** Reads on until the server says that it takes no more; with which code. */
  int awaitGoodbye() throws IOException {
    while (!goodbyeWasSaid()) {
      read();
    }
    return goodbyeCode;
  }

  /**
   * Reads on until the server ends the connection.
   *
   * @return the code of its last goodbye; -1 if it said none
   * @throws SocketTimeoutException if it does not end
   */
  int awaitEnd() throws IOException {
    try {
      while (true) {
        read();
      }
    } catch (SocketTimeoutException lives) {
      throw lives;
    } catch (IOException ended) {
      return goodbyeCode;
    }
  }

  /** Reads on until the server has read all that was sent, or has ended the connection. */
  void awaitPingOrEnd() throws IOException {
    while (!pingWasAnswered) {
      read();
    }
  }

  private void read() throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = in.readNBytes(length);
    if (payload.length < length) {
      throw new EOFException("closed within a frame");
    }
    switch (type) {
      case GOAWAY -> {
        lastTaken = ByteBuffer.wrap(payload).getInt();
        goodbyeCode = ByteBuffer.wrap(payload).getInt(4);
      }
      case SETTINGS -> acknowledge(flags);
      case PING -> pingWasAnswered |= (flags & ACK) != 0;
      case DATA -> body(stream).write(payload);
      case HEADERS -> head(stream, payload, flags);
      case RST_STREAM -> ended.add(stream);
      default -> {
        // Of no concern.
      }
    }
    if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
      ended.add(stream);
    }
  }

  private void acknowledge(int flags) throws IOException {
    if ((flags & ACK) == 0) {
      frame(SETTINGS, ACK, 0, new byte[0]);
      out.flush();
    }
  }

  private void head(int stream, byte[] block, int flags) {
    int first = ((flags & PADDED) == 0 ? 0 : 1) + ((flags & PRIORITY) == 0 ? 0 : 5);
    while (first < block.length && (block[first] & 0xe0) == SIZE_CHANGE) {
      // An integer of a prefix of five bits (RFC 7541, 5.1).
      boolean goesOn = (block[first++] & 0x1f) == 0x1f;
      while (goesOn) {
        goesOn = (block[first++] & 0x80) != 0;
      }
    }
    if (first < block.length && (block[first] & 0xff) == STATUS_200) {
      served.add(stream);
    }
  }

  private ByteArrayOutputStream body(int stream) {
    return bodies.computeIfAbsent(stream, none -> new ByteArrayOutputStream());
  }

  /** Not before {@link #flush}. */
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

  /** What a request begins with, for {@link #HEADERS}. */
  ByteArrayOutputStream head(String method, String path) {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    head.write(method.equals("GET") ? 0x82 : 0x83); // RFC 7541, appendix A
    head.write(isTls ? 0x87 : 0x86);
    // Names by their numbers: some versions of Tomcat take no colon in one that is written out.
    head.write(0x04);
    text(head, path);
    head.write(0x01);
    text(head, "localhost");
    return head;
  }

  /** Without indexing, the name as text. */
  static void literal(ByteArrayOutputStream out, String name, String value) {
    out.write(0);
    text(out, name);
    text(out, value);
  }

  private static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    // An integer of a prefix of seven bits (RFC 7541, 5.1).
    if (bytes.length < 127) {
      out.write(bytes.length);
    } else {
      out.write(127);
      int rest = bytes.length - 127;
      for (; rest >= 128; rest >>= 7) {
        out.write(rest & 0x7f | 0x80);
      }
      out.write(rest);
    }
    out.writeBytes(bytes);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
