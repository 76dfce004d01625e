package io.endomesh.instrumentation.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.UnreadBody;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.WeakIdentityMap;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The life of one request at the mesh's side: begun, decided, answered, ended, on whatever threads.
 * The server has no attributes of a request, so it is found by the server's own objects, and holds
 * none of them. Thread-safe.
 */
final class ServedRequest {

  /** By what is {@link JdkExchange#behind} a request, and by its connection. */
  private static final WeakIdentityMap<Object, ServedRequest> REQUESTS = new WeakIdentityMap<>();

  /** Why a call ended whose answer did not. */
  private static final String BROKE_OFF = "the connection was closed before the answer's end";

  private final InboundCall call;
  private volatile int status;

  private ServedRequest(InboundCall call) {
    this.call = call;
  }

  /**
   * Decides about a request, the first time that it is seen, and makes its context current.
   *
   * @return true if it was refused, and the refusal written; else the context that was current
   *     before, null if nothing was done
   */
  static @Nullable Object serve(HttpExchange exchange) {
    Object request = JdkExchange.behind(exchange);
    if (request == null || REQUESTS.get(request) != null) {
      return null;
    }
    Object connection = JdkExchange.connection(request);
    InboundHttp arrived = new InboundHttp(exchange, JdkExchange.channel(connection));
    InboundCall call = Weaving.mesh().serve(arrived);
    ServedRequest served = new ServedRequest(call);
    REQUESTS.put(request, served);
    REQUESTS.put(connection, served);
    Reply refusal = call.refusal();
    if (refusal != null) {
      if (call.endsConnection()) {
        exchange.getResponseHeaders().set("Connection", "close");
      }
      refuse(refusal, exchange);
      return Boolean.TRUE;
    }
    Headers changed = arrived.changedHeaders();
    if (changed != null) {
      JdkExchange.replaceHeaders(request, changed);
    }
    if (call.isLastOfConnection()) {
      exchange.getResponseHeaders().set("Connection", "close");
    }
    return call.context().attach();
  }

  /** The head of an answer is about to be written. */
  static void answers(Object request, int status, Headers headers) {
    ServedRequest served = REQUESTS.get(request);
    if (served != null) {
      served.status = status;
      if (served.call.changesResponse()) {
        served.call.changeResponse(status, new ResponseHeaders(headers));
      }
    }
  }

  static void answered(Object request) {
    end(request, null);
  }

  /** The application threw, and the server closes the connection without a word. */
  static void breaks(HttpExchange exchange, Throwable failure) {
    Object request = JdkExchange.behind(exchange);
    if (request != null) {
      end(request, failure);
    }
  }

  /** The application is through with a request; not a failure if it was answered. */
  static void closed(Object request) {
    end(request, new IOException(BROKE_OFF));
  }

  /** Whichever request of it was the last: nothing more happens to it. */
  static void connectionCloses(Object connection) {
    if (REQUESTS.get(connection) != null) {
      end(connection, new IOException(BROKE_OFF));
      REQUESTS.remove(connection);
    }
  }

  /** What has ended stays as it ended. */
  private static void end(Object key, @Nullable Throwable error) {
    ServedRequest served = REQUESTS.get(key);
    if (served != null) {
      synchronized (served) {
        served.call.ended(served.status, Outcome.NOT_GRPC, error);
      }
    }
  }

  /** Refused all the same if that cannot be said: the application must not be asked. */
  private static void refuse(Reply refusal, HttpExchange exchange) {
    try {
      write(refusal, exchange);
    } catch (IOException callerIsGone) {
      exchange.close();
    } catch (RuntimeException failure) {
      Suppressed.report(failure);
      exchange.close();
    }
  }

  private static void write(Reply refusal, HttpExchange exchange) throws IOException {
    refusal.describe(new ResponseHeaders(exchange.getResponseHeaders()));
    byte[] text = refusal.line();
    if (text.length == 0 || exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(refusal.status(), NO_BODY);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", refusal.contentType());
    exchange.sendResponseHeaders(refusal.status(), text.length);
    OutputStream out = exchange.getResponseBody();
    out.write(text);
    out.flush();
    // The server itself gives up after 64 KB, and closes.
    UnreadBody.drop(exchange.getRequestBody());
    out.close();
  }

  /** As {@link HttpExchange#sendResponseHeaders} wants it; zero is a body of unknown length. */
  private static final int NO_BODY = -1;
}
