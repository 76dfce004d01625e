package io.endomesh.contracts.okhttp.library;

import io.endomesh.contracts.okhttp.OkHttpUnderTest;
import io.endomesh.testkit.Callers;
import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Cache;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Credentials;
import okhttp3.Handshake;
import okhttp3.Headers;
import okhttp3.MultipartBody;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;

/** The client of one version, used as an application uses it. */
public class OkHttp implements OkHttpUnderTest {

  private final OkHttpClient client;
  private final OkHttpClient unfollowing;
  private final OkHttpClient withCookies;

  public OkHttp() {
    this(new OkHttpClient.Builder());
  }

  /** With a client of the test's choice. */
  private OkHttp(OkHttpClient.Builder builder) {
    client = builder.build();
    unfollowing = client.newBuilder().followRedirects(false).build();
    withCookies = client.newBuilder().cookieJar(new Cookies()).build();
  }

  private static OkHttpClient.Builder builder() {
    return new OkHttpClient.Builder();
  }

  @Override
  public String version() {
    try {
      return (String) Class.forName("okhttp3.OkHttp").getField("VERSION").get(null);
    } catch (ClassNotFoundException before4) {
      return userAgent().substring("okhttp/".length());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String userAgent() {
    try {
      Class<?> version = Class.forName("okhttp3.internal.Version");
      return (String) version.getMethod("userAgent").invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Answer call(String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException {
    Request.Builder request =
        new Request.Builder()
            .url(url)
            .method(method, body == null ? null : RequestBody.create(null, body));
    headers.forEach(request::addHeader);
    return answer(client.newCall(request.build()).execute());
  }

  private static Request get(String url) {
    return new Request.Builder().url(url).build();
  }

  @Override
  public Answer stream(String url, InputStream body) throws IOException {
    Request request = new Request.Builder().url(url).post(new Streamed(body)).build();
    return answer(client.newCall(request).execute());
  }

  @Override
  public Answer streamPart(String url, InputStream part) throws IOException {
    RequestBody parts =
        new MultipartBody.Builder()
            .addFormDataPart("name", "value")
            .addFormDataPart("file", "file", new Streamed(part))
            .build();
    return answer(client.newCall(new Request.Builder().url(url).post(parts).build()).execute());
  }

  @Override
  public int download(String url, OutputStream sink) throws IOException {
    try (Response response = client.newCall(get(url)).execute()) {
      response.body().byteStream().transferTo(sink);
      return response.code();
    }
  }

  @Override
  public CompletableFuture<Answer> start(String url) {
    Call call = client.newCall(get(url));
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    answer.whenComplete(
        (value, error) -> {
          if (answer.isCancelled()) {
            call.cancel();
          }
        });
    call.enqueue(
        new Callback() {
          @Override
          public void onFailure(Call failed, IOException e) {
            answer.completeExceptionally(e);
          }

          @Override
          public void onResponse(Call answered, Response response) throws IOException {
            answer.complete(answer(response));
          }
        });
    return answer;
  }

  @Override
  public Answer getUnfollowed(String url) throws IOException {
    return answer(unfollowing.newCall(get(url)).execute());
  }

  @Override
  public Answer getWithCookies(String url) throws IOException {
    return answer(withCookies.newCall(get(url)).execute());
  }

  @Override
  public HttpClientUnderTest behindProxy(int port) {
    InetSocketAddress address = new InetSocketAddress("localhost", port);
    return new OkHttp(builder().proxy(new Proxy(Proxy.Type.HTTP, address)));
  }

  @Override
  public HttpClientUnderTest withPassword() {
    return new OkHttp(
        builder()
            .authenticator(
                (route, response) ->
                    response.priorResponse() != null
                        ? null
                        : response
                            .request()
                            .newBuilder()
                            .header("Authorization", Credentials.basic("app", "secret"))
                            .build()));
  }

  @Override
  public HttpClientUnderTest withCallTimeout(Duration time) {
    return new OkHttp(builder().callTimeout(time.toMillis(), TimeUnit.MILLISECONDS));
  }

  @Override
  public HttpClientUnderTest withReadTimeout(Duration time) {
    return new OkHttp(builder().readTimeout(time.toMillis(), TimeUnit.MILLISECONDS));
  }

  @Override
  public HttpClientUnderTest intercepting(Runnable ofCalls, Runnable ofNetwork) {
    return new OkHttp(
        builder()
            .addInterceptor(
                chain -> {
                  ofCalls.run();
                  return chain.proceed(chain.request());
                })
            .addNetworkInterceptor(
                chain -> {
                  ofNetwork.run();
                  return chain.proceed(chain.request());
                }));
  }

  @Override
  public HttpClientUnderTest listening(List<String> events) {
    return new OkHttp(builder().eventListenerFactory(call -> new Events(call, events)));
  }

  @Override
  public HttpClientUnderTest caching(Path directory) {
    return new OkHttp(builder().cache(new Cache(directory.toFile(), 1 << 20)));
  }

  @Override
  public HttpClientUnderTest withPriorKnowledge() {
    return new OkHttp(builder().protocols(Collections.singletonList(Protocol.H2_PRIOR_KNOWLEDGE)));
  }

  @Override
  public Throwable cancelledBeforeItsAnswer(String url)
      throws InterruptedException, TimeoutException {
    Call call = client.newCall(get(url));
    try (Callers callers = new Callers()) {
      return callers.givenUp(() -> answer(call.execute()), call::cancel);
    }
  }

  @Override
  public Throwable cancelledWhileReading(String url) throws IOException {
    Call call = client.newCall(get(url));
    try (Response response = call.execute()) {
      call.cancel();
      byte[] rest = response.body().bytes();
      return new IllegalStateException("read " + rest.length + " bytes");
    } catch (IOException e) {
      return e;
    }
  }

  @Override
  public @Nullable List<String> seenPeer(String url) throws IOException {
    try (Response response = client.newCall(get(url)).execute()) {
      Handshake handshake = response.handshake();
      if (handshake == null) {
        return null;
      }
      List<String> names = new ArrayList<>();
      for (Certificate certificate : handshake.peerCertificates()) {
        ((X509Certificate) certificate)
            .getSubjectAlternativeNames()
            .forEach(name -> names.add((String) name.get(1)));
        break; // The peer's own is the first.
      }
      return names;
    } catch (CertificateParsingException e) {
      throw new IOException(e);
    }
  }

  @Override
  public int refusalOfWebSocket(String url) throws InterruptedException, TimeoutException {
    CompletableFuture<Integer> refusal = new CompletableFuture<>();
    WebSocketListener listener =
        new WebSocketListener() {
          @Override
          public void onFailure(WebSocket socket, Throwable error, @Nullable Response response) {
            if (response == null) {
              refusal.completeExceptionally(error);
            } else {
              refusal.complete(response.code());
            }
          }
        };
    WebSocket socket = client.newWebSocket(get(url), listener);
    try {
      return refusal.get(10, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      socket.cancel();
    }
  }

  private static Answer answer(Response response) throws IOException {
    try (response) {
      Map<String, String> headers = new HashMap<>();
      for (int i = 0; i < response.headers().size(); i++) {
        headers.putIfAbsent(
            response.headers().name(i).toLowerCase(Locale.ROOT), response.headers().value(i));
      }
      byte[] body = response.body().bytes();
      return new Answer(
          response.code(), response.request().url().uri(), headers, body, trailers(response));
    }
  }

  /** A method since 3.13; before, it tells of none. */
  private static Map<String, String> trailers(Response response) {
    Map<String, String> trailers = new HashMap<>();
    try {
      Headers all = (Headers) Response.class.getMethod("trailers").invoke(response);
      for (String name : all.names()) {
        trailers.put(name.toLowerCase(Locale.ROOT), all.get(name));
      }
    } catch (NoSuchMethodException older) {
      return Map.of();
    } catch (ReflectiveOperationException e) {
      // Of an answer from elsewhere, a cache or an interceptor.
      return Map.of();
    }
    return trailers;
  }

  @Override
  public void close() {
    client.dispatcher().executorService().shutdownNow();
    client.connectionPool().evictAll();
  }
}
