package io.endomesh.instrumentation.helidon;

import io.helidon.http.HttpPrologue;
import io.helidon.http.http2.Http2Settings;
import io.helidon.http.http2.Http2StreamWriter;
import io.helidon.webserver.ConnectionContext;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code Http2ServerStream.run}: the frame of a stream, on a thread of its own. What went past the
 * routing of HTTP ends here, and a connection that has had its last stream. Stateless.
 */
public final class StreamEndAdvice {

  private StreamEndAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static RunningStream enter(@Advice.FieldValue("ctx") ConnectionContext connection) {
    return RunningStream.begin(connection);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(
      @Advice.Enter @Nullable RunningStream running,
      @Advice.FieldValue("prologue") @Nullable HttpPrologue prologue,
      @Advice.FieldValue("writer") Http2StreamWriter writer,
      @Advice.FieldValue("clientSettings") Http2Settings settings,
      @Advice.Thrown @Nullable Throwable failure) {
    if (running != null) {
      running.end(prologue, writer, settings, failure);
    }
  }
}
