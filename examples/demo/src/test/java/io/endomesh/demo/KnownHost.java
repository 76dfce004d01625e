package io.endomesh.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A controller, and a host that only its mesh knows: whoever reaches it is in the mesh.
 * Thread-safe.
 */
final class KnownHost implements AutoCloseable {

  /** No resolver knows it (RFC 6761). */
  static final String NAME = "answers.invalid";

  private final BlockingQueue<List<String>> traceparents = new LinkedBlockingQueue<>();
  private final Installation installation;
  private final Http http = new Http();
  private final HttpServer server;
  private final ControllerProcess controller;
  private final Path join;

  /**
   * @param run where processes may leave files
   */
  KnownHost(Installation installation, Path run) throws IOException {
    this.installation = installation;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          traceparents.add(exchange.getRequestHeaders().getOrDefault("traceparent", List.of()));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    controller = new ControllerProcess(installation, run, http, 0);
    join = controller.joinFile("shop");
    Http.Answer applied =
        http.post(
            controller.url() + "/api/v1/apply",
            "application/yaml",
            """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: answers, namespace: shop}
            spec:
              hosts: [%s]
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: 80, name: http, protocol: HTTP}]
              endpoints: [{address: 127.0.0.1, ports: {http: %d}}]
            """
                .formatted(NAME, server.getAddress().getPort()));
    assertThat(applied.ok()).as(applied.body()).isTrue();
  }

  ControllerProcess controller() {
    return controller;
  }

  Http http() {
    return http;
  }

  /** Of each request that arrived, its headers of this name. */
  BlockingQueue<List<String>> traceparents() {
    return traceparents;
  }

  /**
   * The one flag.
   *
   * @param more settings, each behind a comma
   */
  String agent(Path state, String more) {
    return "-javaagent:%s=join-file=%s,namespace=shop,state-dir=%s%s"
        .formatted(installation.agent(), join, state, more);
  }

  @Override
  public void close() {
    controller.close();
    server.stop(0);
  }
}
