package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.TlsMode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/**
 * Attacks by their mass. How much of each a container bears before it ends the connection is its
 * own affair; that it serves others afterwards, and that the mesh keeps nothing of it, is ours.
 */
abstract class HttpServerFloodContract extends HttpServerConnectionContract {

  private static final int MANY = 200;

  /** So that pools and classes are there before it is looked what is kept. */
  private static final int FEW = 20;

  /** Of a ClientHello of 512 bytes in a record of TLS (RFC 8446, 4.1.2 and 5.1). */
  private static final byte[] BEGIN_OF_A_HANDSHAKE = {
    0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, (byte) 0xfc, 0x03, 0x03
  };

  /**
   * Of memory, for what was used for the first time meanwhile: less than the engines of TLS of all
   * connections, which take some 30 kB each.
   */
  private static final long KEPT_AT_MOST = 6 << 20;

  /** Of those that a peer asks for and takes back at once (CVE-2023-44487). */
  private static final int RESETS = 3_000;

  private static final byte[] CANCEL = {0, 0, 0, 8};

  /** Of headers that have no end (CVE-2024-24549 and others): 4 MB. */
  private static final int CONTINUATIONS = 512;

  private static final int CONTINUATION_BYTES = 8_192;

  @Test
  void handshakes_brokenByTheHundred_leaveNothingBehind() throws Exception {
    mode(TlsMode.STRICT, allowing(CALLER));
    SSLContext caller = context(TestRoutes.AUTHORITY.identity(CALLER));
    brokenHandshakes(FEW);
    serves(caller);
    long before = usedAfterCollection();

    brokenHandshakes(MANY);

    serves(caller);
    keepsNothing(before);
  }

  private void brokenHandshakes(int count) {
    Random random = new Random(11);
    for (int i = 0; i < count; i++) {
      byte[] rest = new byte[random.nextInt(600)];
      random.nextBytes(rest);
      try (Socket broken = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        broken.getOutputStream().write(BEGIN_OF_A_HANDSHAKE);
        broken.getOutputStream().write(rest);
      } catch (IOException closed) {
        // As soon as it is seen to be none.
      }
    }
  }

  @Test
  void http2_floods_leaveTheServerServing_andNoCallBehind() throws Exception {
    mode(TlsMode.STRICT, allowing(CALLER));
    SSLContext caller = context(TestRoutes.AUTHORITY.identity(CALLER));
    resets(caller, FEW);
    continuations(caller, FEW);
    serves(caller);
    long before = usedAfterCollection();

    resets(caller, RESETS);
    serves(caller);
    continuations(caller, CONTINUATIONS);
    serves(caller);

    Await.until("end of all that began", () -> ended.size() == begun.get());
    keepsNothing(before);
  }

  /** Requests that are taken back at once. */
  private void resets(SSLContext caller, int count) {
    try (RawHttp2 resetting = RawHttp2.to(server.port(), caller)) {
      byte[] head = resetting.head("GET", "/echo").toByteArray();
      for (int i = 0; i < count; i++) {
        int stream = 2 * i + 1;
        resetting.frame(
            RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, stream, head);
        resetting.frame(RawHttp2.RST_STREAM, 0, stream, CANCEL);
      }
      resetting.flush();
    } catch (IOException cutOff) {
      // Sooner or later, as the container sees it.
    }
  }

  /** Headers that have no end. */
  private void continuations(SSLContext caller, int count) {
    try (RawHttp2 endless = RawHttp2.to(server.port(), caller)) {
      endless.frame(RawHttp2.HEADERS, 0, 1, endless.head("GET", "/echo").toByteArray());
      for (int i = 0; i < count; i++) {
        endless.frame(RawHttp2.CONTINUATION, 0, 1, new byte[CONTINUATION_BYTES]);
      }
      endless.flush();
    } catch (IOException cutOff) {
      // As above.
    }
  }

  private void serves(SSLContext caller) throws IOException {
    try (KeptConnection other = KeptConnection.to(server.port(), caller)) {
      assertThat(other.get("/echo").status()).isEqualTo(200);
    }
  }

  private static void keepsNothing(long before) {
    AtomicLong kept = new AtomicLong();
    try {
      Await.until(
          "memory",
          () -> {
            kept.set(usedAfterCollection() - before);
            return kept.get() < KEPT_AT_MOST;
          });
    } catch (AssertionError late) {
      throw new AssertionError("kept " + kept + " bytes (expected: " + KEPT_AT_MOST + " at most)", late);
    }
  }

  private static long usedAfterCollection() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
