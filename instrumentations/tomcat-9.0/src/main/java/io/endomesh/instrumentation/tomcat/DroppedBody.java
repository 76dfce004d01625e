package io.endomesh.instrumentation.tomcat;

import io.endomesh.dataplane.http.UnreadBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.jspecify.annotations.Nullable;

/**
 * An {@link UnreadBody} of a stream of HTTP/2. Tomcat would break the stream off behind the
 * refusal, and a caller that is still sending hears of that and not of the refusal; the JDK's waits
 * for one for ever. Of HTTP/1.1 Tomcat reads what is left itself. Used by one thread.
 */
final class DroppedBody implements ApplicationBufferHandler {

  private @Nullable ByteBuffer read;

  private DroppedBody() {}

  static void of(Request request, Response response) {
    if (request.getHeader("Expect") != null) {
      return; // It waits to be told to go on, and sends nothing.
    }
    try {
      response.action(ActionCode.CLIENT_FLUSH, null);
      DroppedBody dropped = new DroppedBody();
      long bytes = 0;
      for (int next = 0; next >= 0 && bytes <= UnreadBody.MOST_BYTES; bytes += next) {
        next = request.doRead(dropped);
      }
    } catch (IOException callerIsGone) {
      response.setErrorException(callerIsGone);
    }
  }

  @Override
  public void setByteBuffer(@Nullable ByteBuffer buffer) {
    read = buffer;
  }

  @Override
  public @Nullable ByteBuffer getByteBuffer() {
    return read;
  }

  @Override
  public void expand(int size) {}
}
