package io.endomesh.instrumentation.helidon;

import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code Filters.filter}: in front of all filters and handlers, of each protocol; when it returns,
 * the request was answered. Stateless.
 */
public final class RequestAdvice {

  private RequestAdvice() {}

  /** A {@code Boolean} skips the application: whether the connection goes on. */
  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class, skipOn = Boolean.class)
  public static @Nullable Object enter(
      @Advice.Argument(0) ConnectionContext connection,
      @Advice.Argument(1) RoutingRequest request,
      @Advice.Argument(2) RoutingResponse response) {
    return ServedRequest.serve(connection, request, response);
  }

  /** Null leaves what was thrown, if anything was. */
  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToThrown(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Throwable exit(
      @Advice.Enter @Nullable Object entered,
      @Advice.Argument(2) RoutingResponse response,
      @Advice.Thrown @Nullable Throwable failure) {
    if (entered instanceof ServedRequest served) {
      served.ends(response, failure);
      return failure == null && served.isLastOfConnection(response)
          ? new CloseConnectionException("the last answer of this connection")
          : null;
    }
    return Boolean.FALSE.equals(entered)
        ? new CloseConnectionException("refused by the mesh")
        : null;
  }
}
