package io.endomesh.contracts.okhttp.library;

import java.io.IOException;
import java.util.List;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Writes down what happens to one call. */
final class Events extends EventListener {

  private final Call own;
  private final List<String> events;

  Events(Call own, List<String> events) {
    this.own = own;
    this.events = events;
  }

  private void add(Call call, String event) {
    events.add(call == own ? event : "stranger");
  }

  @Override
  public void callStart(Call call) {
    add(call, "callStart");
  }

  @Override
  public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
    add(call, "secureConnectEnd");
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    add(call, "connectionAcquired");
  }

  @Override
  public void connectionReleased(Call call, Connection connection) {
    add(call, "connectionReleased");
  }

  @Override
  public void requestHeadersEnd(Call call, Request request) {
    add(call, "requestHeadersEnd");
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    add(call, "responseHeadersEnd " + response.code());
  }

  @Override
  public void callEnd(Call call) {
    add(call, "callEnd");
  }

  @Override
  public void callFailed(Call call, IOException e) {
    add(call, "callFailed");
  }
}
