package io.endomesh.instrumentation.helidon;

import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.UnreadBody;
import io.endomesh.weaving.Suppressed;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/** How a request is refused in place of the application. Stateless. */
final class Refusal {

  private static final String HTTP_2 = "2.0";

  private Refusal() {}

  /**
   * Refused all the same if that cannot be said: the application must not be asked.
   *
   * @return false if nothing more is to be read of the connection
   */
  static boolean write(InboundCall call, RoutingRequest request, RoutingResponse response) {
    boolean ownConnection = hasOwnConnection(request);
    Reply refusal = Objects.requireNonNull(call.refusal());
    try {
      write(refusal, request, response, ownConnection && call.endsConnection());
      boolean goesOn = !ownConnection || (isRead(request) && !call.endsConnection());
      call.ended(refusal.status(), Outcome.NOT_GRPC, null);
      return goesOn;
    } catch (UncheckedIOException | IOException callerIsGone) {
      call.ended(refusal.status(), Outcome.NOT_GRPC, callerIsGone);
      return false;
    } catch (RuntimeException failure) {
      Suppressed.report(failure);
      call.ended(refusal.status(), Outcome.NOT_GRPC, failure);
      return false;
    }
  }

  private static void write(
      Reply refusal, RoutingRequest request, RoutingResponse response, boolean closes) {
    response.status(Status.create(refusal.status()));
    ServerResponseHeaders headers = response.headers();
    refusal.describe(new ResponseHeaders(headers));
    if (closes) {
      headers.set(HeaderValues.CONNECTION_CLOSE);
    }
    byte[] text = refusal.line();
    if (text.length == 0 || request.prologue().method().equals(Method.HEAD)) {
      response.send();
      return;
    }
    headers.set(HeaderNames.CONTENT_TYPE, refusal.contentType());
    response.send(text);
  }

  /** A stream of HTTP/2 has no connection of its own to close, and ends without the rest. */
  static boolean hasOwnConnection(RoutingRequest request) {
    return !request.prologue().protocolVersion().equals(HTTP_2);
  }

  /** Whether the caller has sent all of its request, and it was thrown away. */
  private static boolean isRead(RoutingRequest request) throws IOException {
    if (request.content().consumed()) {
      return true;
    }
    if (request.headers().contains(HeaderValues.EXPECT_100) && !request.continueSent()) {
      return true; // It waits to be told to go on, and sends nothing.
    }
    UnreadBody.drop(request.content().inputStream());
    return request.content().consumed();
  }
}
