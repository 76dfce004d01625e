package io.endomesh.instrumentation.tomcat;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.LastStreams;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.catalina.connector.Request;
import org.apache.coyote.Response;
import org.jspecify.annotations.Nullable;

/**
 * The life of one request at the mesh's side: begun, decided, perhaps continued on other threads,
 * ended. Its state is an attribute of Tomcat's request, which is gone when the request is recycled.
 * Stateless itself.
 */
final class ServedRequest {

  private static final String ATTRIBUTE = "io.endomesh.call";

  /** The attribute before the call is known: only requests seen by {@link #begin} are served. */
  private static final Object BEGUN = new Object();

  private ServedRequest() {}

  static void begin(org.apache.coyote.Request request) {
    request.setAttribute(ATTRIBUTE, BEGUN);
  }

  /**
   * HTTP/2 carries the scheme of the wire; the application is shown that of its connector, as
   * without the mesh.
   */
  static void schemeOfConnector(org.apache.coyote.Request request) {
    if (!request.scheme().isNull() && InboundHttp.meshSession(request) != null) {
      request.scheme().recycle();
    }
  }

  /**
   * Decides about a request that Tomcat has mapped, and makes its context current. A request that
   * is mapped again, as by a RewriteValve, is decided about again.
   *
   * @return false if it was refused, and the refusal written
   */
  static boolean serve(Request request, Response response) {
    org.apache.coyote.Request coyote = request.getCoyoteRequest();
    Object state = coyote.getAttribute(ATTRIBUTE);
    Reply refusal;
    if (state == BEGUN) {
      InboundCall call = Applications.of(request).serve(new InboundHttp(request));
      coyote.setAttribute(ATTRIBUTE, call);
      refusal = call.refusal();
      if (refusal == null) {
        call.context().attach();
        if (call.isLastOfConnection()) {
          closeBehind(coyote, response);
        }
      }
    } else {
      refusal = state instanceof InboundCall call ? rerouted(call, request) : null;
    }
    if (refusal != null) {
      if (coyote.getAttribute(ATTRIBUTE) instanceof InboundCall call && call.endsConnection()) {
        closeBehind(coyote, response);
      }
      write(refusal, response);
      if (isStream(coyote)) {
        DroppedBody.of(coyote, response);
      }
    }
    return refusal == null;
  }

  private static @Nullable Reply rerouted(InboundCall call, Request request) {
    Reply refusal = call.rerouted(Applications.of(request));
    if (refusal == null) {
      // Of the application that runs now.
      call.context().attach();
    }
    return refusal;
  }

  /** What was current before; null if this is not a request of the mesh. */
  static @Nullable CallContext attachAgain(org.apache.coyote.Request request) {
    return request.getAttribute(ATTRIBUTE) instanceof InboundCall call
        ? call.context().attach()
        : null;
  }

  /** The head of the answer is about to be sent. */
  static void commit(org.apache.coyote.Request request, Response response) {
    if (request.getAttribute(ATTRIBUTE) instanceof InboundCall call && call.changesResponse()) {
      call.changeResponse(response.getStatus(), new ResponseHeaders(response));
    }
  }

  static void end(org.apache.coyote.Request request) {
    if (request.getAttribute(ATTRIBUTE) instanceof InboundCall call) {
      request.getAttributes().remove(ATTRIBUTE);
      Response response = request.getResponse();
      call.ended(response.getStatus(), Outcome.NOT_GRPC, response.getErrorException());
      if (call.isLastOfConnection() && isStream(request)) {
        endsConnection(response);
      }
    }
  }

  private static void endsConnection(Response response) {
    Http2Connection connection = Http2Connection.of(response);
    if (connection != null) {
      LastStreams.endWhenQuiet(connection);
    }
  }

  /** A stream of HTTP/2 has no connection of its own to close. */
  private static void closeBehind(org.apache.coyote.Request request, Response response) {
    if (!isStream(request)) {
      response.setHeader("Connection", "close");
    }
  }

  private static boolean isStream(org.apache.coyote.Request request) {
    return request.protocol().equals("HTTP/2.0");
  }

  private static void write(Reply refusal, Response response) {
    response.setStatus(refusal.status());
    refusal.describe(new ResponseHeaders(response));
    byte[] text = refusal.line();
    response.setContentLength(text.length);
    if (text.length == 0) {
      return;
    }
    // Without a charset: of the versions of Tomcat some repeat one here as "null".
    response.setContentType(refusal.contentType());
    try {
      response.doWrite(ByteBuffer.wrap(text));
    } catch (IOException callerIsGone) {
      // Refused all the same: the application must not be asked because nobody reads the refusal.
      response.setErrorException(callerIsGone);
    }
  }
}
