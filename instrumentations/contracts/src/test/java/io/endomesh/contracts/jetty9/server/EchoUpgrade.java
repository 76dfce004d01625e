package io.endomesh.contracts.jetty9.server;

import io.endomesh.testkit.WebSocketEcho;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import javax.servlet.ReadListener;
import javax.servlet.ServletInputStream;
import javax.servlet.ServletOutputStream;
import javax.servlet.WriteListener;
import javax.servlet.http.HttpUpgradeHandler;
import javax.servlet.http.WebConnection;

/**
 * A WebSocket by what servlets have for upgrades. Made by the server, which is why it is public.
 * Used by one thread at a time.
 */
@SuppressWarnings("NullAway.Init") // The server calls init first.
public final class EchoUpgrade implements HttpUpgradeHandler, ReadListener, WriteListener {

  private final WebSocketEcho echo = new WebSocketEcho();
  private final Queue<byte[]> answers = new ArrayDeque<>();
  private final byte[] buffer = new byte[8_192];
  private WebConnection connection;
  private ServletInputStream in;
  private ServletOutputStream out;

  @Override
  public synchronized void init(WebConnection upgraded) {
    try {
      connection = upgraded;
      in = upgraded.getInputStream();
      out = upgraded.getOutputStream();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    out.setWriteListener(this);
    in.setReadListener(this);
  }

  @Override
  public synchronized void onDataAvailable() throws IOException {
    while (in.isReady()) {
      int read = in.read(buffer);
      if (read < 0) {
        return;
      }
      byte[] answer = echo.answer(ByteBuffer.wrap(buffer, 0, read));
      if (answer.length > 0) {
        answers.add(answer);
      }
    }
    onWritePossible();
  }

  @Override
  public synchronized void onWritePossible() throws IOException {
    while (out.isReady()) {
      byte[] next = answers.poll();
      if (next == null) {
        out.flush();
        if (echo.isClosed()) {
          onAllDataRead();
        }
        return;
      }
      out.write(next);
    }
  }

  @Override
  public void onAllDataRead() {
    try {
      connection.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void onError(Throwable callerIsGone) {
    onAllDataRead();
  }

  @Override
  public void destroy() {}
}
