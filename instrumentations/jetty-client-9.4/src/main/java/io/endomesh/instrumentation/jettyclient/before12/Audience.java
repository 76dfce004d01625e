package io.endomesh.instrumentation.jettyclient.before12;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.http.LocalAnswer;
import io.endomesh.instrumentation.jettyclient.before10.Library;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.ObjLongConsumer;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpContentResponse;
import org.eclipse.jetty.client.HttpDestination;
import org.eclipse.jetty.client.HttpExchange;
import org.eclipse.jetty.client.HttpResponse;
import org.eclipse.jetty.client.ProtocolHandler;
import org.eclipse.jetty.client.RedirectProtocolHandler;
import org.eclipse.jetty.client.ResponseNotifier;
import org.eclipse.jetty.client.api.Response;
import org.eclipse.jetty.client.api.Result;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Who is told of the answer of a call: the listeners of the application's request, or the library's
 * own that follows a redirect. They run in the context that the call was made in, so that what they
 * call belongs to it. Used by one thread at a time.
 */
public final class Audience {

  private final HttpClient client;
  private final HttpExchange exchange;
  private final ResponseNotifier notifier;
  private final CallContext context;
  private List<Response.ResponseListener> told = List.of();
  private List<Response.DemandedContentListener> readers = List.of();
  private final Map<Object, Long> demands = new HashMap<>();

  /**
   * @param givenUp told when the application has aborted its request, or we have
   */
  public Audience(
      HttpDestination destination, HttpExchange exchange, CallContext context, Runnable givenUp) {
    this.client = destination.getHttpClient();
    this.exchange = exchange;
    this.notifier = destination.getResponseNotifier();
    this.context = context;
    Response.CompleteListener watching =
        result -> {
          if (result.isFailed()) {
            givenUp.run();
          }
        };
    exchange.getResponseListeners().add(watching);
    exchange.getConversation().updateResponseListeners(null);
  }

  /** The head of an answer. */
  public void head(
      HttpVersion version, int status, @Nullable String reason, List<HttpField> fields) {
    tell(
        () -> {
          HttpResponse response = begin(version, status, reason);
          notifier.notifyBegin(told, response);
          for (HttpField field : fields) {
            if (notifier.notifyHeader(told, response, field)) {
              keep(response, field);
            }
          }
          notifier.notifyHeaders(told, response);
          readers =
              told.stream()
                  .filter(Response.DemandedContentListener.class::isInstance)
                  .map(Response.DemandedContentListener.class::cast)
                  .toList();
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

  void beforeContent(LongConsumer demand) {
    if (readers.isEmpty()) {
      demand.accept(1);
    } else {
      tell(() -> notifier.notifyBeforeContent(exchange.getResponse(), shared(demand), readers));
    }
  }

  void content(LongConsumer demand, ByteBuffer content, Callback callback) {
    tell(
        () ->
            notifier.notifyContent(
                exchange.getResponse(), shared(demand), content, callback, readers));
  }

  /** Of several, who asks for least says how much is read. */
  private ObjLongConsumer<Object> shared(LongConsumer demand) {
    if (readers.size() <= 1) {
      return (reader, more) -> demand.accept(more);
    }
    return (reader, more) -> {
      long least = 0;
      synchronized (demands) {
        demands.merge(reader, more, Long::sum);
        if (demands.size() == readers.size()) {
          least = demands.values().stream().mapToLong(Long::longValue).min().orElse(0);
          long read = least;
          demands.replaceAll((each, asked) -> asked - read);
          demands.values().removeIf(asked -> asked == 0);
        }
      }
      if (least > 0) {
        demand.accept(least);
      }
    };
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
            notifier.notifySuccess(told, response);
          } else {
            notifier.forwardSuccess(told, response);
          }
          // In this order: whoever aborts in between tells the listeners by itself.
          if (exchange.requestComplete(null)) {
            exchange.terminateRequest();
            exchange.terminateResponse();
            notifier.notifyComplete(told, new Result(exchange.getRequest(), response));
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
