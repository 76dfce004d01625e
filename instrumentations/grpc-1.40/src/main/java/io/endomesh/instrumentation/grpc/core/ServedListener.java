package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.CallContext;
import io.grpc.ServerCall;
import io.grpc.Status;

/**
 * Runs each callback of a served call under its context, on whatever thread gRPC chose. Used by one
 * thread at a time, as gRPC promises.
 */
final class ServedListener<Q> extends ServerCall.Listener<Q> {

  private final ServerCall.Listener<Q> app;
  private final ServedCall<Q, ?> call;
  private final CallContext context;

  ServedListener(ServerCall.Listener<Q> app, ServedCall<Q, ?> call, CallContext context) {
    this.app = app;
    this.call = call;
    this.context = context;
  }

  @Override
  public void onMessage(Q message) {
    if (!call.isBrokenOff()) {
      run(() -> app.onMessage(message));
    }
  }

  @Override
  public void onHalfClose() {
    if (!call.isBrokenOff()) {
      run(app::onHalfClose);
    }
  }

  @Override
  public void onCancel() {
    run(app::onCancel);
    call.failed(Status.Code.CANCELLED, null);
  }

  @Override
  public void onComplete() {
    // gRPC calls it complete if the caller has its refusal; the application was not through.
    run(call.isBrokenOff() ? app::onCancel : app::onComplete);
  }

  @Override
  public void onReady() {
    run(app::onReady);
  }

  private void run(Runnable callback) {
    CallContext before = context.attach();
    try {
      callback.run();
    } catch (RuntimeException | Error e) {
      // gRPC answers UNKNOWN by itself, without asking the call to close.
      call.failed(Status.Code.UNKNOWN, e);
      throw e;
    } finally {
      CallContext.restore(before);
    }
  }
}
