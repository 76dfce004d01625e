package io.endomesh.dataplane.http;

import java.io.IOException;
import java.io.InputStream;

/**
 * What a caller of a server goes on sending when it was refused already. It is read and thrown away
 * behind the refusal: a connection that is closed with something unread is reset (RFC 9112, 9.6),
 * and takes the refusal with it. Stateless.
 */
public final class UnreadBody {

  /** Then the connection is closed all the same. As Tomcat's {@code maxSwallowSize}. */
  public static final long MOST_BYTES = 2 * 1024 * 1024;

  private static final int BUFFER_BYTES = 8192;

  private UnreadBody() {}

  /** Waits for what comes, as an application that reads the body would. */
  public static void drop(InputStream body) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    for (int read = 0; read >= 0 && bytes <= MOST_BYTES; bytes += read) {
      read = body.read(buffer, 0, buffer.length);
    }
  }
}
