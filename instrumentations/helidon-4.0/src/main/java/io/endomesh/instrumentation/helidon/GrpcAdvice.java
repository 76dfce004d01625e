package io.endomesh.instrumentation.helidon;

import io.endomesh.dataplane.InboundCall;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.http.http2.Http2Headers;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http2.spi.Http2SubProtocolSelector;
import io.helidon.webserver.http2.spi.SubProtocolResult;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code GrpcProtocolSelector.subProtocol}, by which a call of gRPC goes past all filters. One that
 * is refused goes on to the routing of HTTP, where that is written: clients of gRPC understand it.
 * Stateless.
 */
public final class GrpcAdvice {

  private static final String GRPC = "application/grpc";

  private GrpcAdvice() {}

  /** Null leaves it to Helidon. */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Object enter(
      @Advice.Argument(0) ConnectionContext connection,
      @Advice.Argument(1) HttpPrologue prologue,
      @Advice.Argument(2) Http2Headers head) {
    if (!isGrpc(prologue, head.httpHeaders())) {
      return null;
    }
    InboundCall call =
        DecidedBefore.decide(prologue, connection, prologue, head.httpHeaders(), head.authority());
    if (call == null || call.refusal() != null) {
      return Http2SubProtocolSelector.NOT_SUPPORTED;
    }
    call.context().attach(); // StreamEndAdvice takes it back.
    return null;
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object exit(@Advice.Enter @Nullable Object refused) {
    return refused instanceof SubProtocolResult ? refused : null;
  }

  private static boolean isGrpc(HttpPrologue prologue, Headers headers) {
    return prologue.method().equals(Method.POST)
        && headers.contains(HeaderNames.CONTENT_TYPE)
        && headers.get(HeaderNames.CONTENT_TYPE).get().startsWith(GRPC);
  }
}
