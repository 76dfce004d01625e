package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.http.HttpAttempt;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * What goes over the connection of an attempt. Being below all elements of the library's chain, it
 * sees requests as they go on the wire, and answers before cookies are taken from them; it tells
 * the attempt of both. What it passes on runs in the context of the call. Used by one thread at a
 * time, {@link #cancel} by any.
 */
final class WireHandler implements AsyncClientExchangeHandler {

  private final AsyncRuntime runtime;
  private final AsyncClientExchangeHandler handler;
  private final CallContext callContext;

  WireHandler(AsyncRuntime runtime, AsyncClientExchangeHandler handler) {
    this.runtime = runtime;
    this.handler = handler;
    this.callContext = runtime.callContext();
  }

  @Override
  public void produceRequest(RequestChannel channel, HttpContext context)
      throws HttpException, IOException {
    HttpAttempt http = runtime.http();
    boolean http2 = TlsSession.check(http.attempt().tls(), context);
    RequestChannel wire =
        (request, body, sentIn) -> {
          http.leaves();
          channel.sendRequest(runtime.wire().of(request, http2), body, sentIn);
        };
    CallContext before = callContext.attach();
    try {
      handler.produceRequest(wire, context);
    } finally {
      CallContext.restore(before);
    }
  }

  @Override
  public void consumeResponse(
      HttpResponse response, @Nullable EntityDetails body, HttpContext context)
      throws HttpException, IOException {
    // Asked again by the library on this connection, with a password: the attempt is over.
    runtime.delivers(Heads.answer(runtime.http(), response, runtime.delivers()));
    CallContext before = callContext.attach();
    try {
      handler.consumeResponse(response, body, context);
    } finally {
      CallContext.restore(before);
    }
  }

  @Override
  public void consumeInformation(HttpResponse response, HttpContext context)
      throws HttpException, IOException {
    handler.consumeInformation(response, context);
  }

  @Override
  public int available() {
    return handler.available();
  }

  @Override
  public void produce(DataStreamChannel channel) throws IOException {
    CallContext before = callContext.attach();
    try {
      handler.produce(channel);
    } finally {
      CallContext.restore(before);
    }
  }

  @Override
  public void updateCapacity(CapacityChannel channel) throws IOException {
    handler.updateCapacity(channel);
  }

  @Override
  public void consume(ByteBuffer part) throws IOException {
    if (runtime.exchange().isOver()) {
      part.position(part.limit());
      return;
    }
    CallContext before = callContext.attach();
    try {
      handler.consume(part);
    } finally {
      CallContext.restore(before);
    }
  }

  @Override
  public void streamEnd(@Nullable List<? extends Header> trailers)
      throws HttpException, IOException {
    if (runtime.exchange().isOver()) {
      return;
    }
    CallContext before = callContext.attach();
    try {
      handler.streamEnd(trailers);
    } finally {
      CallContext.restore(before);
    }
  }

  @Override
  public void failed(Exception cause) {
    handler.failed(cause);
  }

  @Override
  public void cancel() {
    handler.cancel();
  }

  @Override
  public void releaseResources() {
    handler.releaseResources();
  }
}
