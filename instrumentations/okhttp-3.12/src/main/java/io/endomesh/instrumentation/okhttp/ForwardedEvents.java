package io.endomesh.instrumentation.okhttp;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.http.HttpAttempt;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.List;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Tells the application's listener, under the name of its own call, what happens on the connection
 * of an attempt. Beginning and end of the call are told by that itself. As thread-safe as the
 * application's.
 */
final class ForwardedEvents extends EventListener {

  /** Up to 3.13 a call is ended by the connection that it has, and here it has none. */
  private static final boolean ENDED_BY_CONNECTION = endedByConnection();

  private final Call asked;
  private final EventListener listener;
  private final HttpAttempt attempt;

  ForwardedEvents(Call asked, EventListener listener, HttpAttempt attempt) {
    this.asked = asked;
    this.listener = listener;
    this.attempt = attempt;
  }

  private static boolean endedByConnection() {
    try {
      Class.forName(
          "okhttp3.internal.connection.StreamAllocation",
          /* initialize= */ false,
          EventListener.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException newer) {
      return false;
    }
  }

  @Override
  public void dnsStart(Call call, String domainName) {
    listener.dnsStart(asked, domainName);
  }

  @Override
  public void dnsEnd(Call call, String domainName, List<InetAddress> addresses) {
    listener.dnsEnd(asked, domainName, addresses);
  }

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    listener.connectStart(asked, address, proxy);
  }

  @Override
  public void secureConnectStart(Call call) {
    listener.secureConnectStart(asked);
  }

  @Override
  public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
    listener.secureConnectEnd(asked, handshake);
  }

  @Override
  public void connectEnd(
      Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
    listener.connectEnd(asked, address, proxy, protocol);
  }

  @Override
  public void connectFailed(
      Call call,
      InetSocketAddress address,
      Proxy proxy,
      @Nullable Protocol protocol,
      IOException failure) {
    listener.connectFailed(asked, address, proxy, protocol, failure);
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    listener.connectionAcquired(asked, connection);
  }

  @Override
  public void connectionReleased(Call call, Connection connection) {
    listener.connectionReleased(asked, connection);
  }

  @Override
  public void requestHeadersStart(Call call) {
    listener.requestHeadersStart(asked);
  }

  @Override
  public void requestHeadersEnd(Call call, Request request) {
    listener.requestHeadersEnd(asked, request);
  }

  @Override
  public void requestBodyStart(Call call) {
    listener.requestBodyStart(asked);
  }

  @Override
  public void requestBodyEnd(Call call, long byteCount) {
    listener.requestBodyEnd(asked, byteCount);
  }

  @Override
  public void responseHeadersStart(Call call) {
    listener.responseHeadersStart(asked);
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    listener.responseHeadersEnd(asked, response);
  }

  @Override
  public void responseBodyStart(Call call) {
    listener.responseBodyStart(asked);
  }

  @Override
  public void responseBodyEnd(Call call, long byteCount) {
    listener.responseBodyEnd(asked, byteCount);
  }

  @Override
  public void callEnd(Call call) {
    if (ENDED_BY_CONNECTION && attempt.isAnswered() && attempt.delayNanos() == Attempt.DELIVER) {
      listener.callEnd(asked);
    }
  }
}
