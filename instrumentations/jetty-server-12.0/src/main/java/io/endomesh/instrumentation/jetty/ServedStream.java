package io.endomesh.instrumentation.jetty;

import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.weaving.Suppressed;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Where an answer leaves the server, that of an error page included, and where the request ends,
 * exactly once and on whatever thread. Nothing of the agent may throw here: Jetty calls it itself.
 * Used by one thread at a time, as all streams of Jetty.
 */
final class ServedStream extends HttpStream.Wrapper {

  /**
   * What a stream fails with that was answered before its body was read. Read at run time: its type
   * is {@code Exception} in 12.0 and {@code Throwable} in 12.1.
   */
  private static final Object NOT_CONSUMED = constant("CONTENT_NOT_CONSUMED");

  private final InboundCall call;
  private final @Nullable Connection ends;
  private int status;

  /**
   * @param ends connection of HTTP/2 that is to end behind this; null if none is
   */
  ServedStream(HttpStream stream, InboundCall call, @Nullable Connection ends) {
    super(stream);
    this.call = call;
    this.ends = ends;
  }

  private static Object constant(String name) {
    try {
      return HttpStream.class.getField(name).get(null);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("HttpStream." + name, e);
    }
  }

  /** With a head if it begins an answer; there may be interim ones before that. */
  @Override
  public void send(
      MetaData.Request request,
      MetaData.@Nullable Response response,
      boolean last,
      ByteBuffer content,
      Callback callback) {
    MetaData.Response head = response;
    if (response != null && !HttpStatus.isInterim(response.getStatus())) {
      status = response.getStatus();
      head = changed(response);
    }
    super.send(request, head, last, content, callback);
  }

  private MetaData.Response changed(MetaData.Response response) {
    try {
      if (!call.changesResponse()) {
        return response;
      }
      HttpFields.Mutable headers = HttpFields.build(response.getHttpFields());
      call.changeResponse(response.getStatus(), new ResponseHeaders(headers));
      return new MetaData.Response(
          response.getStatus(),
          response.getReason(),
          response.getHttpVersion(),
          headers.asImmutable(),
          response.getContentLength(),
          response.getTrailersSupplier());
    } catch (RuntimeException | LinkageError failure) {
      Suppressed.report(failure);
      return response;
    }
  }

  @Override
  public void succeeded() {
    end(null);
    super.succeeded();
  }

  @Override
  public void failed(Throwable failure) {
    // An application that answers without reading the body has not failed.
    end(failure == NOT_CONSUMED ? null : failure);
    super.failed(failure);
  }

  private void end(@Nullable Throwable error) {
    try {
      call.ended(status, Outcome.NOT_GRPC, error);
      if (ends != null) {
        LastOfConnection.ended(ends);
      }
    } catch (RuntimeException | LinkageError failure) {
      Suppressed.report(failure);
    }
  }
}
