package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.Headers;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/** Metadata on its way to the application, as a policy may change it. Not thread-safe. */
record MetadataHeaders(Metadata metadata) implements Headers {

  @Override
  public @Nullable String header(String name) {
    return MetadataText.get(metadata, name);
  }

  @Override
  public void setHeader(String name, String value) {
    MetadataText.set(metadata, name, value);
  }

  @Override
  public void addHeader(String name, String value) {
    MetadataText.add(metadata, name, value);
  }

  @Override
  public void removeHeader(String name) {
    MetadataText.remove(metadata, name);
  }
}
