package io.endomesh.instrumentation.okhttp;

import java.io.IOException;
import java.util.Objects;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer that the application reads from an attempt; once closed, cancelling its
 * call has nothing to break off any more. As thread-safe as the library's.
 */
final class DeliveredBody extends ResponseBody {

  private final ResponseBody body;
  private final BufferedSource source;

  DeliveredBody(Response response, Call call) {
    body = Objects.requireNonNull(response.body());
    source = Okio.buffer(new Closing(body, call));
  }

  @Override
  public @Nullable MediaType contentType() {
    return body.contentType();
  }

  @Override
  public long contentLength() {
    return body.contentLength();
  }

  @Override
  public BufferedSource source() {
    return source;
  }

  private static final class Closing extends ForwardingSource {
    private final Call call;

    Closing(ResponseBody body, Call call) {
      super(body.source());
      this.call = call;
    }

    @Override
    public void close() throws IOException {
      UnderWay.ended(call);
      super.close();
    }
  }
}
