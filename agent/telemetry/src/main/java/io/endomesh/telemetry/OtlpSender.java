package io.endomesh.telemetry;

import java.util.concurrent.CompletableFuture;

/** The way to the controller for OTLP requests. Thread-safe. */
@FunctionalInterface
public interface OtlpSender {

  /**
   * Sends one request. Returns at once; if there is no connection the future fails at once.
   *
   * @param path {@code /v1/metrics} or {@code /v1/traces}
   * @param contentType of the body
   * @return the HTTP status of the answer; fails if none came
   */
  CompletableFuture<Integer> send(String path, String contentType, byte[] body);
}
