package io.endomesh.instrumentation.jetty;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Reply;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.Weaving;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The life of one request at the mesh's side: begun, decided, perhaps continued on other threads;
 * {@link ServedStream} sees its answer and its end. Its state is an attribute of Jetty's request.
 * Stateless itself.
 */
final class ServedRequest {

  private static final String ATTRIBUTE = "io.endomesh.call";

  private ServedRequest() {}

  /**
   * Decides about a request in front of all handlers, and makes its context current.
   *
   * @return true if it was refused, and the refusal written; else the context that was current
   *     before; then the request that the application sees. Null if nothing was done
   */
  static Object @Nullable [] serve(Request request, Response response, Callback callback) {
    if (request.getAttribute(ATTRIBUTE) != null) {
      return null;
    }
    InboundHttp arrived = new InboundHttp(request);
    InboundCall call = Weaving.mesh().serve(arrived);
    request.setAttribute(ATTRIBUTE, call);
    boolean isStream = request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2;
    @Nullable Connection ends =
        isStream && call.isLastOfConnection()
            ? request.getConnectionMetaData().getConnection()
            : null;
    request.addHttpStreamWrapper(stream -> new ServedStream(stream, call, ends));
    Reply refusal = call.refusal();
    if (refusal != null) {
      if (call.endsConnection()) {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
      }
      refuse(refusal, request, response, callback);
      return new Object[] {Boolean.TRUE, request};
    }
    arrived.showPeer();
    if (call.isLastOfConnection() && !isStream) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    return new Object[] {call.context().attach(), arrived.shown()};
  }

  /**
   * A request whose path was changed on its way to the application is decided about again.
   *
   * @return true if it was refused, and the refusal written
   */
  static boolean refusesOtherPath(Request request, Response response, Callback callback) {
    if (request.getAttribute(ATTRIBUTE) instanceof InboundCall call
        && call.request() instanceof InboundHttp arrived
        && !isWithinAnApplication(request)
        && arrived.movesTo(request.getHttpURI())) {
      Reply refusal = call.rerouted();
      if (refusal != null) {
        refuse(refusal, request, response, callback);
        return true;
      }
    }
    return false;
  }

  /** What an application forwards itself was decided as it came in. */
  private static boolean isWithinAnApplication(Request request) {
    return request.getContext()
        != request.getConnectionMetaData().getConnector().getServer().getContext();
  }

  /** What was current before; null if this is not a request of the mesh. */
  static @Nullable CallContext attachAgain(Request request) {
    return request.getAttribute(ATTRIBUTE) instanceof InboundCall call
        ? call.context().attach()
        : null;
  }

  /** Refused all the same if that cannot be said: the application must not be asked. */
  private static void refuse(Reply refusal, Request request, Response response, Callback callback) {
    try {
      write(refusal, request, response, callback);
    } catch (RuntimeException failure) {
      Suppressed.report(failure);
      callback.failed(failure);
    }
  }

  private static void write(Reply refusal, Request request, Response response, Callback callback) {
    response.setStatus(refusal.status());
    HttpFields.Mutable headers = response.getHeaders();
    refusal.describe(new ResponseHeaders(headers));
    byte[] text = refusal.line();
    if (text.length > 0) {
      headers.put(HttpHeader.CONTENT_TYPE, refusal.contentType());
    }
    headers.put(HttpHeader.CONTENT_LENGTH, text.length);
    response.write(/* last= */ true, ByteBuffer.wrap(text), DroppedBody.behind(request, callback));
  }
}
