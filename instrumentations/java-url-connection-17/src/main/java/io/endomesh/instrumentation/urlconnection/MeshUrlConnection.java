package io.endomesh.instrumentation.urlconnection;

import io.endomesh.instrumentation.urlconnection.AppRequest.Property;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * What the application holds for a URL of the mesh. It notes what is asked for; the call is made
 * when the application first wants something of the answer, or begins to stream a body. As
 * thread-safe as the JDK's: in {@link #disconnect}.
 */
public final class MeshUrlConnection extends HttpURLConnection {

  private final @Nullable Proxy proxy;

  /** The JDK's, never connected: it says which properties it takes. */
  private final HttpURLConnection original;

  private final List<Property> properties = new ArrayList<>();
  private int connectMillis = -1;
  private int readMillis = -1;
  private @Nullable Authenticator authenticator;

  /** Null for http URLs. */
  private @Nullable Supplier<AppTls> tls;

  private @Nullable ByteArrayOutputStream written;
  private StreamedCall.@Nullable Begun streamed;
  private @Nullable IOException failure;
  private volatile @Nullable Answer answer;

  /** The call that is under way. */
  private volatile @Nullable GivenUp underWay;

  MeshUrlConnection(URL url, @Nullable Proxy proxy, HttpURLConnection original) {
    super(url);
    this.proxy = proxy;
    this.original = original;
  }

  /**
   * @param tls what the application has set when the call is made
   */
  void secureBy(Supplier<AppTls> tls) {
    this.tls = tls;
  }

  /** The connection of the answer, null if there is none, or it has no TLS. */
  @Nullable HttpsURLConnection secured() {
    Answer given = answer;
    return given == null ? null : given.secured();
  }

  @Override
  public void setRequestProperty(String name, @Nullable String value) {
    property(false, name, value);
  }

  @Override
  public void addRequestProperty(String name, @Nullable String value) {
    property(true, name, value);
  }

  private void property(boolean added, String name, @Nullable String value) {
    if (connected) {
      throw new IllegalStateException("Already connected");
    }
    if (added) {
      original.addRequestProperty(name, value);
    } else {
      original.setRequestProperty(name, value);
    }
    if (value == null || isHidden(name) || original.getRequestProperty(name) != null) {
      properties.add(new Property(added, name, value));
    } // Else the JDK does not let applications write it.
  }

  /** Taken by the JDK, and never told to anyone. */
  private static boolean isHidden(String name) {
    return name.equalsIgnoreCase("Authorization") || name.equalsIgnoreCase("Proxy-Authorization");
  }

  @Override
  public @Nullable String getRequestProperty(@Nullable String name) {
    return original.getRequestProperty(name);
  }

  @Override
  public Map<String, List<String>> getRequestProperties() {
    if (connected) {
      throw new IllegalStateException("Already connected");
    }
    return original.getRequestProperties();
  }

  @Override
  public void setConnectTimeout(int timeout) {
    super.setConnectTimeout(timeout);
    connectMillis = timeout;
  }

  @Override
  public void setReadTimeout(int timeout) {
    super.setReadTimeout(timeout);
    readMillis = timeout;
  }

  @Override
  public void setAuthenticator(Authenticator chosen) {
    if (connected) {
      throw new IllegalStateException("Authenticator must be set before connecting");
    }
    original.setAuthenticator(chosen);
    authenticator = chosen;
  }

  /** Where to is decided with the call; until then there is nothing to connect to. */
  @Override
  public void connect() {
    connected = true;
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    if (!doOutput) {
      throw new ProtocolException(
          "cannot write to a URLConnection if doOutput=false - call setDoOutput(true)");
    }
    if (failure != null) {
      throw failure;
    }
    if (answer != null) {
      throw new ProtocolException("Cannot write output after reading input.");
    }
    if (method.equals("GET")) {
      method = "POST"; // As the JDK has it.
    }
    if (method.equals("TRACE")) {
      throw new ProtocolException("HTTP method TRACE doesn't support output");
    }
    connected = true;
    if (settings().streams()) {
      return streamed().body();
    }
    if (written == null) {
      written = new ByteArrayOutputStream();
    }
    return written;
  }

  private StreamedCall.Begun streamed() throws IOException {
    if (streamed == null) {
      try {
        AppRequest request = request();
        StreamedCall call = StreamedCall.of(request);
        underWay = call;
        streamed = call == null ? StreamedCall.byJdk(request) : call.begin();
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
    return streamed;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    if (!doInput) {
      throw new ProtocolException(
          "Cannot read from URLConnection if doInput=false (call setDoInput(true))");
    }
    return answer().body();
  }

  private Answer answer() throws IOException {
    Answer known = answer;
    if (known != null) {
      return known;
    }
    if (failure != null) {
      throw failure;
    }
    connected = true;
    try {
      known = settings().streams() ? answerToStreamed() : answerToWritten();
      answer = known;
      return known;
    } catch (IOException e) {
      failure = e;
      throw e;
    } finally {
      underWay = null;
    }
  }

  private Answer answerToWritten() throws IOException {
    AppRequest request = request();
    for (int hops = 0; ; ) {
      MeshCall call = new MeshCall(request);
      underWay = call;
      Answer last = call.send();
      Redirect redirect = instanceFollowRedirects ? Redirect.of(request.url(), last) : null;
      if (redirect == null) {
        return last;
      }
      last.drop();
      hops++;
      if (hops >= Redirect.limit()) {
        throw new ProtocolException("Server redirected too many times (" + hops + ")");
      }
      request = redirect.next(request);
      url = request.url();
      method = request.method();
    }
  }

  private Answer answerToStreamed() throws IOException {
    StreamedCall.Begun begun = streamed();
    begun.body().close();
    Answer last = begun.answer();
    Redirect redirect = instanceFollowRedirects ? Redirect.of(url, last) : null;
    if (redirect != null) {
      last.drop();
      throw new HttpRetryException(
          "cannot retry due to redirection, in streaming mode",
          redirect.status(),
          redirect.location());
    }
    return last;
  }

  private AppRequest request() {
    byte[] body = written == null ? null : written.toByteArray();
    return new AppRequest(url, method, properties, settings(), body);
  }

  private AppRequest.Settings settings() {
    return new AppRequest.Settings(
        proxy,
        authenticator,
        connectMillis,
        readMillis,
        useCaches,
        allowUserInteraction,
        ifModifiedSince,
        fixedContentLengthLong >= 0 ? fixedContentLengthLong : fixedContentLength,
        chunkLength,
        tls == null ? null : tls.get());
  }

  /** Null if there is none; why is what {@link #getInputStream} throws. */
  private @Nullable Answer answerIfAny() {
    try {
      getInputStream();
    } catch (IOException e) {
      // As the JDK has it. Where the status is 400 or more there is an answer all the same.
    }
    return answer;
  }

  @Override
  public @Nullable String getHeaderField(@Nullable String name) {
    Answer given = answerIfAny();
    return given == null || name == null ? statusLine(given) : given.field(name);
  }

  private static @Nullable String statusLine(@Nullable Answer given) {
    return given == null ? null : given.field(0);
  }

  @Override
  public @Nullable String getHeaderField(int index) {
    Answer given = answerIfAny();
    return given == null ? null : given.field(index);
  }

  @Override
  public @Nullable String getHeaderFieldKey(int index) {
    Answer given = answerIfAny();
    return given == null ? null : given.key(index);
  }

  @Override
  public Map<String, List<String>> getHeaderFields() {
    Answer given = answerIfAny();
    return given == null ? Map.of() : given.fields();
  }

  @Override
  public @Nullable InputStream getErrorStream() {
    Answer given = answer;
    return given == null ? null : given.errorBody();
  }

  @Override
  public boolean usingProxy() {
    Answer given = answer;
    return given != null && given.usedProxy();
  }

  @Override
  public void disconnect() {
    responseCode = -1;
    GivenUp call = underWay;
    if (call != null) {
      call.giveUp();
    }
    Answer given = answer;
    if (given != null) {
      given.disconnect();
    }
  }
}
