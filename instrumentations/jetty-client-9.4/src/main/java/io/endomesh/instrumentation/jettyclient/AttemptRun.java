package io.endomesh.instrumentation.jettyclient;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.http.ChangedHeaders;
import io.endomesh.dataplane.http.HeaderReader;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.LocalAnswer;
import io.endomesh.instrumentation.jettyclient.before10.Library;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.eclipse.jetty.client.api.Request;
import org.eclipse.jetty.client.api.Response;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * One attempt, or a copy, as the library runs it: a request of its own. It judges the answer, and
 * hands it on if it is the application's. Used by the thread of its connection, {@link #cancel} by
 * any.
 */
final class AttemptRun implements AttemptEvents {

  private final @Nullable Attempts call;
  private final HttpAttempt http;
  private final CompletableFuture<Optional<LocalAnswer>> done = new CompletableFuture<>();
  private final List<HttpField> cookies = new ArrayList<>();
  private @Nullable Supplier<Request> prepare;
  private Response.@Nullable CompleteListener told;
  private volatile @Nullable Request sending;
  private volatile boolean cancelled;
  private volatile boolean reused;
  private volatile boolean delivers;

  /**
   * @param call null for a copy, whose answer is nobody's
   */
  AttemptRun(@Nullable Attempts call, HttpAttempt http) {
    this.call = call;
    this.http = http;
  }

  /**
   * @param request makes one, which can be sent once
   * @param listener is told of the answer
   */
  void start(Supplier<Request> request, Response.CompleteListener listener, Executor executor) {
    prepare = request;
    told = listener;
    http.onBreakOff(this::cancel);
    if (call != null) {
      // What it breaks off may call the application's code: no thread of ours.
      http.startClock(executor);
    }
    send(request, listener);
  }

  private void send(Supplier<Request> request, Response.CompleteListener listener) {
    try {
      Request prepared = request.get();
      sending = prepared;
      if (!cancelled) {
        prepared.send(listener);
      }
    } catch (RuntimeException | LinkageError e) {
      done.completeExceptionally(e);
    }
  }

  /**
   * Done when the head of an answer goes to the application, or when all of one that is nobody's
   * was dropped.
   */
  CompletableFuture<Optional<LocalAnswer>> done() {
    return done;
  }

  /** Ends what is under way, also the reading of an answer. */
  void cancel() {
    cancelled = true;
    InterruptedIOException cause = new InterruptedIOException("the attempt was broken off");
    Request now = sending;
    if (now != null) {
      Library.abort(now, cause);
    }
    done.completeExceptionally(cause);
  }

  /** There is a connection, and the request is about to be written to it. */
  void leaves(boolean ofThePool) {
    reused = ofThePool;
    http.leaves();
  }

  /** The connection of the pool is none any more; nothing is sent. */
  void misses() {
    reused = true;
  }

  @Override
  public void begins() {
    cookies.clear();
  }

  /** Cookies of an answer that is not the application's are not for its store. */
  @Override
  public boolean header(HttpField field) {
    boolean cookie = Library.isCookie(field);
    if (cookie) {
      cookies.add(field);
    }
    return !cookie;
  }

  @Override
  public void head(HttpVersion version, int status, @Nullable String reason, List<HttpField> kept) {
    List<HttpField> fields = new ArrayList<>(kept);
    fields.addAll(cookies);
    Attempts to = call;
    if (!http.answered(status, reader(fields)) || to == null) {
      return;
    }
    Attempt attempt = http.attempt();
    if (attempt.changesResponse()) {
      ChangedHeaders changed = new ChangedHeaders(reader(List.copyOf(fields)));
      attempt.changeResponse(changed);
      change(fields, changed.changes());
    }
    delivers = true;
    to.delivers(this);
    done.complete(Optional.empty());
    to.audience().head(version, status, reason, fields);
  }

  private static HeaderReader reader(List<HttpField> fields) {
    return name ->
        fields.stream()
            .filter(field -> field.getName().equalsIgnoreCase(name))
            .map(field -> field.getValue() == null ? "" : field.getValue())
            .toList();
  }

  private static void change(List<HttpField> fields, Map<String, List<String>> changes) {
    fields.removeIf(field -> changes.containsKey(field.getName().toLowerCase(Locale.ROOT)));
    changes.forEach(
        (name, values) -> values.forEach(value -> fields.add(new HttpField(name, value))));
  }

  @Override
  public boolean delivers() {
    return delivers;
  }

  @Override
  public void ended(@Nullable Throwable failure) {
    Attempts to = call;
    if (to != null && delivers) {
      if (failure == null) {
        to.audience().done();
      } else if (!cancelled) {
        to.audience().failed(failure);
      }
      return;
    }
    Supplier<Request> again = prepare;
    Response.CompleteListener listener = told;
    if (failure == null) {
      done.complete(Optional.empty());
    } else if (again != null
        && listener != null
        && reused
        && !cancelled
        && failure instanceof IOException
        && http.sendsAgain()) {
      // The server had closed it before the request came: this is no retry (RFC 9112, 9.3.1).
      reused = false;
      send(again, listener);
    } else {
      done.completeExceptionally(failure);
    }
  }
}
