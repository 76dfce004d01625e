package io.endomesh.controller;

import com.linecorp.armeria.server.ServerBuilder;

/** One part of the controller that serves on its port: the console, telemetry, certificates. */
public interface ControllerPart extends AutoCloseable {

  /** Adds routes and gRPC services; called once, before the server starts. */
  void addTo(ServerBuilder server);

  /** Called once, after the server has stopped. */
  @Override
  default void close() {}
}
