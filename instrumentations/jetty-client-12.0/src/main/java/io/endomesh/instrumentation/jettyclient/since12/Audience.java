package io.endomesh.instrumentation.jettyclient.since12;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.http.LocalAnswer;
import java.util.List;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.ProtocolHandler;
import org.eclipse.jetty.client.RedirectProtocolHandler;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.internal.HttpContentResponse;
import org.eclipse.jetty.client.transport.HttpDestination;
import org.eclipse.jetty.client.transport.HttpExchange;
import org.eclipse.jetty.client.transport.HttpResponse;
import org.eclipse.jetty.client.transport.ResponseListeners;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * Who is told of the answer of a call: the listeners of the application's request, or the library's
 * own that follows a redirect. They run in the context that the call was made in, so that what they
 * call belongs to it. Used by one thread at a time.
 */
public final class Audience {

  private final HttpClient client;
  private final HttpExchange exchange;
  private final CallContext context;
  private ResponseListeners told = new ResponseListeners();

  /**
   * @param givenUp told when the application has aborted its request, or we have
   */
  public Audience(
      HttpDestination destination, HttpExchange exchange, CallContext context, Runnable givenUp) {
    this.client = destination.getHttpClient();
    this.exchange = exchange;
    this.context = context;
    Response.CompleteListener watching =
        result -> {
          if (result.isFailed()) {
            givenUp.run();
          }
        };
    exchange.getResponseListeners().addCompleteListener(watching, /* includeOtherEvents= */ false);
    exchange.getConversation().updateResponseListeners(null);
  }

  /** The head of an answer. */
  public void head(
      HttpVersion version, int status, @Nullable String reason, List<HttpField> fields) {
    tell(
        () -> {
          HttpResponse response = begin(version, status, reason);
          told.notifyBegin(response);
          for (HttpField field : fields) {
            if (told.notifyHeader(response, field)) {
              keep(response, field);
            }
          }
          told.notifyHeaders(response);
        });
  }

  private HttpResponse begin(HttpVersion version, int status, @Nullable String reason) {
    HttpResponse response = exchange.getResponse();
    response.version(version).status(status).reason(reason);
    ProtocolHandler handler = client.getProtocolHandlers().find(exchange.getRequest(), response);
    // Passwords and the like are a matter of attempts.
    exchange
        .getConversation()
        .updateResponseListeners(
            handler instanceof RedirectProtocolHandler ? handler.getResponseListener() : null);
    told = exchange.getConversation().getResponseListeners();
    return response;
  }

  private void keep(HttpResponse response, HttpField field) {
    Library.add(response, field);
    if (Library.isCookie(field)) {
      Library.keepCookie(client, exchange.getRequest(), field);
    }
  }

  void content(Content.Source source) {
    tell(() -> told.notifyContentSource(exchange.getResponse(), source));
  }

  void trailers(Response response) {
    Library.trailers(response, exchange.getResponse());
  }

  /** All of the answer is here. */
  public void done() {
    end(exchange.getResponse());
  }

  private void end(Response response) {
    if (!exchange.responseComplete(null)) {
      return;
    }
    tell(
        () -> {
          Library.sent(exchange.getRequest());
          if (response == exchange.getResponse()) {
            told.notifySuccess(response);
          } else {
            told.emitSuccess(response);
          }
          // In this order: whoever aborts in between tells the listeners by itself.
          if (exchange.requestComplete(null)) {
            exchange.terminateRequest();
            exchange.terminateResponse();
            told.notifyComplete(new Result(exchange.getRequest(), response));
          }
        });
  }

  /** An answer of the mesh, all at once. */
  public void local(LocalAnswer answer) {
    HttpResponse response =
        begin(HttpVersion.HTTP_1_1, answer.status(), HttpStatus.getMessage(answer.status()));
    answer
        .headers()
        .forEach(
            (name, values) -> values.forEach(value -> keep(response, new HttpField(name, value))));
    end(new HttpContentResponse(response, answer.body(), null, null));
  }

  /** The call came to nothing; who has given it up knows. */
  public void failed(Throwable cause) {
    tell(() -> exchange.getRequest().abort(cause));
  }

  private void tell(Runnable step) {
    CallContext before = context.attach();
    try {
      step.run();
    } finally {
      CallContext.restore(before);
    }
  }
}
