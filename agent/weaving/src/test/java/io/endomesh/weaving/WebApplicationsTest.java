package io.endomesh.weaving;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Workload;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which workload a thread, a request and a port are of, where there are several. */
class WebApplicationsTest {

  private final Mesh own = mesh("tomcat");
  private final List<String> told = new ArrayList<>();
  private final ClassLoader orders = loader(null);
  private final ClassLoader payments = loader(null);
  private final Thread thread = Thread.currentThread();
  private final ClassLoader before = thread.getContextClassLoader();

  private final WebApplications applications =
      new WebApplications(
          own,
          new ServiceNames(true, Map.of("/old", "payments", "/own", "tomcat")),
          new WebApplications.Workloads() {
            @Override
            public Mesh begin(String service) {
              told.add(service + " begins");
              Mesh mesh = mesh(service);
              mesh.listeners(
                  new Mesh.Listeners() {
                    @Override
                    public void bound(int port, Protocol protocol) {
                      told.add(service + " at " + port);
                    }

                    @Override
                    public void closed(int port) {
                      told.add(service + " no longer at " + port);
                    }
                  });
              return mesh;
            }

            @Override
            public void end(Mesh workload) {
              told.add(workload.workload().service() + " ends");
            }
          });

  private static Mesh mesh(String service) {
    return Mesh.ofApplication(new Workload(service, "shop", service + "-1", Map.of()));
  }

  private static ClassLoader loader(ClassLoader parent) {
    return new URLClassLoader(new URL[0], parent);
  }

  @BeforeEach
  void start() {
    Weaving.applications(applications);
  }

  @AfterEach
  void stop() {
    thread.setContextClassLoader(before);
    Weaving.mesh(own);
  }

  @Test
  void application_fromItsLoaderToItsEnd_isAServiceAtThePortsOfTheContainer() {
    applications.bound(8080, Protocol.HTTP);
    applications.begins(orders, "/orders");
    applications.available(orders);
    applications.unavailable(orders);
    applications.ends(orders);
    applications.ends(orders);

    assertThat(told)
        .containsExactly(
            "orders begins", "orders at 8080", "orders no longer at 8080", "orders ends");
  }

  @Test
  void application_whoseStartFailed_isNeverOffered() {
    applications.bound(8080, Protocol.HTTP);
    applications.begins(orders, "/orders");
    applications.unavailable(orders);
    applications.ends(orders);

    assertThat(told).containsExactly("orders begins", "orders ends");
  }

  /** {@code orders##2.war}: the old one goes on with what it has. */
  @Test
  void versions_ofOneApplication_areOneServiceUntilTheLastEnds() {
    ClassLoader second = loader(null);
    applications.begins(orders, "/orders");
    applications.available(orders);
    applications.begins(second, "/orders");
    applications.available(second);
    applications.bound(8080, Protocol.HTTP);
    applications.unavailable(orders);
    applications.ends(orders);

    assertThat(told).containsExactly("orders begins", "orders at 8080");
    assertThat(applications.of(second).workload().service()).isEqualTo("orders");
    assertThat(applications.of(orders)).isSameAs(own);
  }

  @Test
  void applications_withoutAName_areOfTheJvmsOwnService() {
    applications.begins(orders, "");
    applications.begins(payments, "/manager");
    applications.begins(loader(null), "/own");

    assertThat(told).isEmpty();
    assertThat(applications.of(orders)).isSameAs(own);
    assertThat(applications.of(null)).isSameAs(own);
  }

  @Test
  void mesh_isOfTheApplicationWhoseThreadItIs_oneOfALoaderBelowIncluded() {
    applications.begins(orders, "/orders");

    assertThat(Weaving.mesh()).isSameAs(own);
    thread.setContextClassLoader(loader(orders));
    assertThat(Weaving.mesh().workload().service()).isEqualTo("orders");
    thread.setContextClassLoader(null);
    assertThat(Weaving.mesh()).isSameAs(own);
  }

  /** A pool that applications share has threads of whoever used it first. */
  @Test
  void mesh_ofATask_isOfWhoeverBeganIt() {
    applications.begins(orders, "/orders");
    applications.begins(payments, "/old");
    thread.setContextClassLoader(orders);
    CallContext carried = Weaving.context();

    thread.setContextClassLoader(payments);
    assertThat(Weaving.mesh().workload().service()).isEqualTo("payments");
    CallContext outer = carried.attach();
    try {
      assertThat(Weaving.mesh().workload().service()).isEqualTo("orders");
    } finally {
      CallContext.restore(outer);
    }
  }

  @Test
  void context_ofAJvmThatIsOneWorkload_isNone() {
    Weaving.mesh(new Mesh(new Workload("orders", "shop", "orders-1", Map.of())));

    assertThat(Weaving.context()).isSameAs(CallContext.EMPTY);
  }
}
