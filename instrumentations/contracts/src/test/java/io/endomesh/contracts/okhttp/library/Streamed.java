package io.endomesh.contracts.okhttp.library;

import java.io.IOException;
import java.io.InputStream;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;

/** A body that can be read once only. */
final class Streamed extends RequestBody {

  private final InputStream body;

  Streamed(InputStream body) {
    this.body = body;
  }

  @Override
  public @Nullable MediaType contentType() {
    return null;
  }

  /** From 3.14 on the library asks for it. */
  @SuppressWarnings("MissingOverride")
  public boolean isOneShot() {
    return true;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    try (Source source = Okio.source(body)) {
      sink.writeAll(source);
    }
  }
}
