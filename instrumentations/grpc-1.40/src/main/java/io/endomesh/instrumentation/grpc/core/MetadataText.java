package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.Reply;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Text headers of gRPC metadata, by name; and what a reply of the mesh looks like in gRPC. */
final class MetadataText {

  private static final Metadata.Key<String> DECIDED_BY = key(Reply.DECIDED_BY_HEADER);

  private MetadataText() {}

  /** All values as one, null if there is none or the name is not one of a text header. */
  static @Nullable String get(Metadata metadata, String name) {
    if (!isText(name)) {
      return null;
    }
    Iterable<String> values = metadata.getAll(key(name));
    if (values == null) {
      return null;
    }
    List<String> all = new ArrayList<>();
    values.forEach(all::add);
    return HeaderValues.joined(name, all);
  }

  /** Replaces all values; does nothing if the name is not one of a text header. */
  static void set(Metadata metadata, String name, String value) {
    if (isText(name)) {
      Metadata.Key<String> key = key(name);
      metadata.discardAll(key);
      metadata.put(key, value);
    }
  }

  /** Adds a value; does nothing if the name is not one of a text header. */
  static void add(Metadata metadata, String name, String value) {
    if (isText(name)) {
      metadata.put(key(name), value);
    }
  }

  static void remove(Metadata metadata, String name) {
    if (isText(name)) {
      metadata.discardAll(key(name));
    }
  }

  static Status status(Reply reply) {
    return Status.fromCodeValue(reply.grpcStatus()).withDescription(reply.message());
  }

  static Metadata trailers(Reply reply) {
    Metadata trailers = trailers(reply.decidedBy());
    for (Reply.Header header : reply.headers()) {
      add(trailers, header.name(), header.value());
    }
    return trailers;
  }

  static Metadata trailers(String decidedBy) {
    Metadata trailers = new Metadata();
    trailers.put(DECIDED_BY, decidedBy);
    return trailers;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** What {@link Metadata.Key} takes for text (gRPC over HTTP/2, "Custom-Metadata"). */
  static boolean isText(String name) {
    if (name.isEmpty() || name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean allowed =
          (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
      if (!allowed) {
        return false;
      }
    }
    return true;
  }
}
