package io.endomesh.contracts.armeria;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.endomesh.testkit.TestRoutes;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** What a caller that knows of HTTP/2 beforehand begins with. Stateless. */
final class Http2Preface {

  /** RFC 9113, 3.4 and 6.5: what either side begins with. */
  static final int SETTINGS_FRAME = 4;

  private Http2Preface() {}

  /**
   * A connection over the mesh's TLS.
   *
   * @param protocols that it says it speaks; none if it says nothing
   */
  static Socket secured(String caller, int port, String... protocols) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            TestRoutes.AUTHORITY
                .identity(caller)
                .clientTls(TestRoutes.US)
                .context()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    return socket;
  }

  /** The type of the first frame that comes back. */
  static int answerTo(Socket socket) throws IOException {
    try (socket) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
      out.write(new byte[] {0, 0, 0, SETTINGS_FRAME, 0, 0, 0, 0, 0});
      out.flush();
      return socket.getInputStream().readNBytes(4)[3];
    }
  }
}
