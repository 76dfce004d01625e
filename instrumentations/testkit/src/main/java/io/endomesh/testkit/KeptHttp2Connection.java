package io.endomesh.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * One connection of HTTP/2 (RFC 9113) on which gRPC calls are made one after the other, whatever
 * the server says of it: a client of a library would open another one without a word. Not
 * thread-safe.
 */
final class KeptHttp2Connection implements AutoCloseable {

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;

  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int ACK = 1;

  /** Longer than any answer takes. */
  private static final int PATIENCE_MILLIS = 10_000;

  private final SSLSocket socket;
  private final DataInputStream in;
  private int stream = -1;
  private boolean goodbye;

  private KeptHttp2Connection(SSLSocket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    socket
        .getOutputStream()
        .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
  }

  static KeptHttp2Connection to(int port, SSLContext tls) throws IOException {
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
    plain.setSoTimeout(PATIENCE_MILLIS);
    SSLSocket socket =
        (SSLSocket) tls.getSocketFactory().createSocket(plain, "127.0.0.1", port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    return new KeptHttp2Connection(socket);
  }

  /** Makes a call, and reads until its stream ends. */
  void call(String path, byte[] message) throws IOException {
    stream += 2;
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    head.write(0x83); // :method POST (RFC 7541, appendix A)
    head.write(0x87); // :scheme https
    literal(head, ":path", path);
    literal(head, ":authority", "localhost");
    literal(head, "content-type", "application/grpc");
    literal(head, "te", "trailers");
    frame(HEADERS, END_HEADERS, stream, head.toByteArray());
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.write(new byte[] {0, 0, 0, 0, (byte) message.length});
    data.write(message);
    frame(DATA, END_STREAM, stream, data.toByteArray());
    while (!readEndOf(stream)) {
      // Other frames.
    }
  }

  /** True once the server has said that it takes no more. */
  boolean goodbyeWasSaid() {
    return goodbye;
  }

  /** Reads on until the server says that it takes no more. */
  void awaitGoodbye() throws IOException {
    while (!goodbye) {
      readEndOf(0);
    }
  }

  private boolean readEndOf(int wanted) throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int of = in.readInt();
    if (in.readNBytes(length).length < length) {
      throw new EOFException("closed within a frame");
    }
    if (type == GOAWAY) {
      goodbye = true;
    } else if (type == SETTINGS && (flags & ACK) == 0) {
      frame(SETTINGS, ACK, 0, new byte[0]);
    }
    return of == wanted && (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
  }

  private void frame(int type, int flags, int of, byte[] payload) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(payload.length >> 16);
    frame.write(payload.length >> 8);
    frame.write(payload.length);
    frame.write(type);
    frame.write(flags);
    for (int shift = 24; shift >= 0; shift -= 8) {
      frame.write(of >> shift);
    }
    frame.write(payload);
    OutputStream out = socket.getOutputStream();
    out.write(frame.toByteArray());
    out.flush();
  }

  /** Without indexing, the name as text; neither is longer than 126 bytes. */
  private static void literal(ByteArrayOutputStream out, String name, String value)
      throws IOException {
    out.write(0);
    out.write(name.length());
    out.write(name.getBytes(StandardCharsets.US_ASCII));
    out.write(value.length());
    out.write(value.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
