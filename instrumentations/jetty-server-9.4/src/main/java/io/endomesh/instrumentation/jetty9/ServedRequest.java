package io.endomesh.instrumentation.jetty9;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.UnreadBody;
import io.endomesh.instrumentation.jetty9.before10.JettyApi;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.HttpOutput;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/**
 * The life of one request at the mesh's side: begun, decided, perhaps continued on other threads,
 * answered, ended. It is an attribute of Jetty's request. Used by one thread at a time, as that.
 */
final class ServedRequest {

  private static final String ATTRIBUTE = "io.endomesh.call";

  private final InboundHttp arrived;
  private final InboundCall call;
  private int status;

  /** What was current before, while its first handling goes on; null before and behind that. */
  private @Nullable CallContext before;

  private ServedRequest(InboundHttp arrived, InboundCall call) {
    this.arrived = arrived;
    this.call = call;
  }

  /** Null if this is not a request of the mesh. */
  static @Nullable ServedRequest of(Request request) {
    return request.getAttribute(ATTRIBUTE) instanceof ServedRequest served ? served : null;
  }

  /**
   * Decides about a request in front of all handlers, and makes its context current.
   *
   * @return true if it was refused, and the refusal written; else what is to {@link #leave} in the
   *     end, null if nothing was done
   */
  static @Nullable Object serve(HttpChannel channel) {
    Request request = channel.getRequest();
    if (of(request) != null) {
      return null;
    }
    InboundHttp arrived = new InboundHttp(channel);
    InboundCall call = Weaving.mesh().serve(arrived);
    ServedRequest served = new ServedRequest(arrived, call);
    request.setAttribute(ATTRIBUTE, served);
    Reply refusal = call.refusal();
    if (refusal != null) {
      if (call.endsConnection()) {
        JettyApi.headers(request.getResponse()).setHeader("Connection", "close");
      }
      refuse(refusal, request);
      return Boolean.TRUE;
    }
    if (call.isLastOfConnection() && !isStream(request)) {
      JettyApi.headers(request.getResponse()).setHeader("Connection", "close");
    }
    arrived.showPeer(request);
    arrived.showScheme(request);
    served.before = served.attach();
    return served;
  }

  /** Its first handling is over; it may go on later, or have been put aside. */
  void leave() {
    if (before != null) {
      CallContext.restore(before);
      before = null;
    }
  }

  /** What was current before. */
  CallContext attach() {
    return call.context().attach();
  }

  /**
   * A request whose path was changed on its way to the application is decided about again.
   *
   * @return true if it was refused, and the refusal written
   */
  boolean refusesAt(String path, Request request) {
    // What an application forwards itself, and its error pages, were decided as the call came in.
    if (before == null || request.getContext() != null || !arrived.movesTo(path)) {
      return false;
    }
    Reply refusal = call.rerouted();
    if (refusal == null) {
      return false;
    }
    refuse(refusal, request);
    return true;
  }

  /** The answer that the application made becomes the one to leave. */
  void changes(Response response) {
    if (call.changesResponse()) {
      call.changeResponse(response.getStatus(), JettyApi.headers(response));
    }
  }

  /** The answer's head is about to leave; there may be interim ones before it. */
  void answers(MetaData.Response answer) {
    if (HttpStatus.isInformational(answer.getStatus())
        && answer.getStatus() != HttpStatus.SWITCHING_PROTOCOLS_101) {
      return;
    }
    status = answer.getStatus();
  }

  void ends(HttpChannel channel, @Nullable Throwable error) {
    call.ended(status, Outcome.NOT_GRPC, error);
    if (call.isLastOfConnection() && isStream(channel.getRequest())) {
      LastOfConnection.ended(channel.getEndPoint().getConnection());
    }
  }

  private static boolean isStream(Request request) {
    return request.getHttpVersion() == HttpVersion.HTTP_2;
  }

  /** Refused all the same if that cannot be said: the application must not be asked. */
  private static void refuse(Reply refusal, Request request) {
    request.setHandled(true);
    Response response = request.getResponse();
    try {
      write(refusal, request, response);
    } catch (IOException callerIsGone) {
      request.getHttpChannel().abort(callerIsGone);
    } catch (RuntimeException failure) {
      Suppressed.report(failure);
      request.getHttpChannel().abort(failure);
    }
  }

  private static void write(Reply refusal, Request request, Response response) throws IOException {
    response.setStatus(refusal.status());
    refusal.describe(JettyApi.headers(response));
    byte[] text = refusal.line();
    if (text.length > 0) {
      response.setContentType(refusal.contentType());
    }
    response.setContentLength(text.length);
    HttpOutput out = response.getHttpOutput();
    out.write(text);
    out.flush();
    dropUnread(request);
  }

  private static void dropUnread(Request request) throws IOException {
    // HTTP/2 resets the stream alone; who expects to be told to go on has sent nothing.
    if (request.getHttpVersion().getVersion() <= 11 && request.getHeader("Expect") == null) {
      UnreadBody.drop(request.getHttpInput());
    }
  }
}
