package io.endomesh.telemetry;

import io.endomesh.dataplane.Protocol;

/** The histograms: one for each side of each protocol, named by OpenTelemetry's conventions. */
enum Instrument {
  HTTP_CLIENT("http.client.request.duration", "Duration of HTTP client requests."),
  HTTP_SERVER("http.server.request.duration", "Duration of HTTP server requests."),
  RPC_CLIENT("rpc.client.call.duration", "Duration of outgoing remote procedure calls."),
  RPC_SERVER("rpc.server.call.duration", "Duration of incoming remote procedure calls."),
  DATABASE("db.client.operation.duration", "Duration of database client operations.");

  final String metric;
  final String description;

  Instrument(String metric, String description) {
    this.metric = metric;
    this.description = description;
  }

  static Instrument client(Protocol protocol) {
    return protocol == Protocol.GRPC ? RPC_CLIENT : HTTP_CLIENT;
  }

  static Instrument server(Protocol protocol) {
    return protocol == Protocol.GRPC ? RPC_SERVER : HTTP_SERVER;
  }
}
