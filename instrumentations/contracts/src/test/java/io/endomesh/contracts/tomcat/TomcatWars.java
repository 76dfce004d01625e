package io.endomesh.contracts.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.testkit.StagedCode;
import io.endomesh.weaving.ServiceNames;
import io.endomesh.weaving.Weaving;
import io.endomesh.weaving.WebApplications;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applications of one Tomcat that are services of their own, on one version of it. */
abstract class TomcatWars {

  private static final Authorization NOBODY =
      new Authorization(
          List.of(
              new Policy(
                  "AuthorizationPolicy/default/nobody",
                  List.of(new Policy.Rule(Condition.ANY, Condition.ANY)))),
          List.of());

  private final Mesh before = Weaving.mesh();
  private final Mesh own = new Mesh(new Workload("tomcat", "default", "tomcat-1", Map.of()));
  private final Map<String, Mesh> services = new HashMap<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @SuppressWarnings("NullAway.Init")
  private WarsUnderTest tomcat;

  @BeforeEach
  void start() {
    Weaving.applications(
        new WebApplications(own, new ServiceNames(true, Map.of()), new Remembering()));
    tomcat =
        StagedCode.make(
            getClass(),
            WarsUnderTest.class,
            "io.endomesh.contracts.tomcat.server.WarsOfTomcat",
            directory);
  }

  @AfterEach
  void stop() throws Exception {
    tomcat.close();
    Weaving.mesh(before);
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + tomcat.port() + path);
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private String serving(String path) throws Exception {
    return get(path).headers().firstValue("x-service").orElse("none");
  }

  private static void refuse(Mesh mesh) {
    Inbound inbound = new Inbound(Map.of(), new Inbound.Port(TlsMode.PERMISSIVE, NOBODY));
    mesh.publish(new Snapshot(1, Map.of(), inbound, null));
  }

  @Test
  void request_isServedByTheApplicationThatItsPathIsMappedTo() throws Exception {
    assertThat(serving("/orders/x")).isEqualTo("orders");
    assertThat(serving("/payments/x")).isEqualTo("payments");
    assertThat(serving("/x")).isEqualTo("tomcat");
    assertThat(serving("/payments/../orders/x")).isEqualTo("orders");
    assertThat(serving("/payments/moved")).isEqualTo("orders");
  }

  @Test
  void policy_ofOneApplication_holdsForWhateverIsMappedToIt() throws Exception {
    refuse(services.get("orders"));

    assertThat(get("/orders/x").statusCode()).isEqualTo(403);
    assertThat(get("/payments/%2e%2e/orders/x").statusCode()).isEqualTo(403);
    assertThat(get("/payments/moved").statusCode()).as("rewritten").isEqualTo(403);
    assertThat(get("/payments/x").statusCode()).isEqualTo(200);
    assertThat(get("/x").statusCode()).isEqualTo(200);
  }

  @Test
  void policy_ofTheJvmsOwnService_holdsForTheRest() throws Exception {
    refuse(own);

    assertThat(get("/x").statusCode()).isEqualTo(403);
    assertThat(get("/orders/x").statusCode()).isEqualTo(200);
  }

  @Test
  void application_isOfferedWhileItIsServed() throws Exception {
    assertThat(told)
        .containsExactlyInAnyOrder(
            "orders begins",
            "payments begins",
            "orders at " + tomcat.port(),
            "payments at " + tomcat.port());
    told.clear();

    tomcat.undeploy("/orders");
    assertThat(told).containsExactly("orders not at " + tomcat.port(), "orders ends");
    assertThat(serving("/orders/x")).isEqualTo("tomcat");
    told.clear();

    tomcat.reload("/payments");
    assertThat(told)
        .containsExactly(
            "payments not at " + tomcat.port(),
            "payments ends",
            "payments begins",
            "payments at " + tomcat.port());
    assertThat(serving("/payments/x")).isEqualTo("payments");
  }

  private final class Remembering implements WebApplications.Workloads {
    @Override
    public Mesh begin(String service) {
      told.add(service + " begins");
      Mesh mesh = Mesh.ofApplication(new Workload(service, "default", service + "-1", Map.of()));
      mesh.listeners(
          new Mesh.Listeners() {
            @Override
            public void bound(int port, Protocol protocol) {
              told.add(service + " at " + port);
            }

            @Override
            public void closed(int port) {
              told.add(service + " not at " + port);
            }
          });
      services.put(service, mesh);
      return mesh;
    }

    @Override
    public void end(Mesh workload) {
      told.add(workload.workload().service() + " ends");
    }
  }
}
