package io.endomesh.testkit.database;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Speaks as much of SQL Server's protocol ([MS-TDS], TDS 7.4) as a driver needs to connect in
 * plaintext: everybody may log in, and every request has changed one row. Thread-safe.
 */
public final class TdsServer implements AutoCloseable {

  /** Types of packets (2.2.3.1.1). */
  private static final int RESPONSE = 0x04;

  private static final int PRELOGIN = 0x12;
  private static final int LOGIN7 = 0x10;

  /** Of a packet's status: the last of a message (2.2.3.1.2). */
  private static final int END_OF_MESSAGE = 1;

  private static final int HEADER_BYTES = 8;

  /** VERSION at 11 and ENCRYPTION at 17, the end; version 16.0, "not supported" (2.2.6.5). */
  private static final byte[] PRELOGIN_ANSWER = {
    0, 0, 11, 0, 6, 1, 0, 17, 0, 1, (byte) 0xff, 16, 0, 0, 0, 0, 0, 2
  };

  private final ServerSocket socket;
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final AtomicInteger logins = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();

  public TdsServer() throws IOException {
    socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    begin(this::accept);
  }

  private static void begin(Runnable task) {
    Thread thread = new Thread(task, "tds-server");
    thread.setDaemon(true);
    thread.start();
  }

  public int port() {
    return socket.getLocalPort();
  }

  public int logins() {
    return logins.get();
  }

  /** Messages that came after log-ins. */
  public int requests() {
    return requests.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        connections.add(connection);
        begin(() -> serve(connection));
      }
    } catch (IOException closed) {
      // By the test.
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      DataInputStream in = new DataInputStream(connection.getInputStream());
      OutputStream out = connection.getOutputStream();
      while (true) {
        out.write(packet(answer(message(in))));
      }
    } catch (EOFException end) {
      // The driver has hung up.
    } catch (IOException closed) {
      // By the test.
    }
  }

  /** Reads one whole message and tells its type. */
  private static int message(DataInputStream in) throws IOException {
    while (true) {
      byte[] header = in.readNBytes(HEADER_BYTES);
      if (header.length < HEADER_BYTES) {
        throw new EOFException();
      }
      in.readFully(new byte[ByteBuffer.wrap(header).getShort(2) - HEADER_BYTES]);
      if ((header[1] & END_OF_MESSAGE) != 0) {
        return header[0];
      }
    }
  }

  private byte[] answer(int type) {
    if (type == PRELOGIN) {
      return PRELOGIN_ANSWER;
    }
    if (type == LOGIN7) {
      logins.incrementAndGet();
      return loggedIn();
    }
    requests.incrementAndGet();
    return done(1);
  }

  /** ENVCHANGE to the collation SQL_Latin1_General_CP1_CI_AS (2.2.7.9). */
  private static final byte[] COLLATION = {(byte) 0xe3, 8, 0, 7, 5, 9, 4, (byte) 0xd0, 0, 52, 0};

  /** LOGINACK (2.2.7.14), the collation, and DONE. */
  private static byte[] loggedIn() {
    byte[] program = "test".getBytes(StandardCharsets.UTF_16LE);
    byte[] done = done(0);
    int length = 1 + 4 + 1 + program.length + 4;
    return ByteBuffer.allocate(COLLATION.length + 3 + length + done.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(COLLATION)
        .put((byte) 0xad)
        .putShort((short) length)
        .put((byte) 1)
        .put(new byte[] {0x74, 0, 0, 4})
        .put((byte) (program.length / 2))
        .put(program)
        .put(new byte[] {16, 0, 0, 0})
        .put(done)
        .array();
  }

  /** DONE with a count of rows (2.2.7.6). */
  private static byte[] done(long rows) {
    return ByteBuffer.allocate(13)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 0xfd)
        .putShort((short) 0x10)
        .putShort((short) 0xc3)
        .putLong(rows)
        .array();
  }

  private static byte[] packet(byte[] data) {
    return ByteBuffer.allocate(HEADER_BYTES + data.length)
        .put((byte) RESPONSE)
        .put((byte) END_OF_MESSAGE)
        .putShort((short) (HEADER_BYTES + data.length))
        .putShort((short) 0)
        .put((byte) 1)
        .put((byte) 0)
        .put(data)
        .array();
  }

  @Override
  public void close() {
    try {
      socket.close();
      for (Socket connection : connections) {
        connection.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
