package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.testkit.database.FirstBytes;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Where a driver connects to whose server cannot be had for tests: a socket listens in its place,
 * and what the driver says first tells that it came, and for which database.
 */
@Contract("JDBC driver, where it connects")
public abstract class JdbcRoutingContract {

  /** A name that no DNS knows. */
  protected static final String HOST = "orders-db";

  protected final TestRoutes routes = new TestRoutes();
  protected final List<Attempt> attempts = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> opened = new ArrayList<>();

  /** The driver under test, the same for all tests of a class. */
  protected abstract Driver driver();

  /** Each form there is of a URL that names one server and the database {@code shop}. */
  protected abstract List<String> urls(String host, int port);

  /** A URL of several servers, of which the second does not listen. */
  protected abstract String severalHosts(int first, int second);

  /** True of what this driver says first to a server. */
  protected abstract boolean greets(String firstBytes);

  @BeforeEach
  void observe() {
    Weaving.mesh()
        .observer(
            new CallObserver() {
              @Override
              public @Nullable Object attemptStarted(Attempt attempt) {
                attempts.add(attempt);
                return null;
              }
            });
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable resource : opened) {
      resource.close();
    }
    assertThat(attempts)
        .as("attempts in flight")
        .allMatch(attempt -> attempt.endpoint().load().inFlight() == 0);
  }

  protected final <T extends AutoCloseable> T open(T resource) {
    opened.add(resource);
    return resource;
  }

  protected final Connection connect(String url) throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", "shop");
    login.setProperty("password", "shop-password");
    Connection connection = driver().connect(url, login);
    assertThat(connection).as(url).isNotNull();
    return connection;
  }

  protected final SQLException failure(String url) {
    SQLException e = catchThrowableOfType(SQLException.class, () -> connect(url).close());
    assertThat((Throwable) e).as(url).isNotNull();
    return e;
  }

  private static int closedPort() throws IOException {
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return closed.getLocalPort();
    }
  }

  @Test
  void host_noDnsKnows_reachesItsEndpointByEveryFormOfUrl() throws Exception {
    for (String url : urls(HOST, 7777)) {
      FirstBytes server = open(new FirstBytes());
      routes.host(HOST + ":7777", TestRoutes.endpoint(server.port(), null));

      failure(url);

      assertThat(server.said()).as(url).isNotEmpty().allMatch(this::greets);
    }
  }

  @Test
  void host_unknownToTheMesh_isLeftAlone() throws Exception {
    FirstBytes server = open(new FirstBytes());

    failure(urls("127.0.0.1", server.port()).get(0));

    assertThat(server.said()).isNotEmpty().allMatch(this::greets);
    assertThat(attempts).isEmpty();
  }

  @Test
  void endpoint_refuses_connectionGoesToAnother() throws Exception {
    FirstBytes server = open(new FirstBytes());
    Endpoint refusing = TestRoutes.endpoint(closedPort(), null);
    routes.host(HOST + ":7777", refusing, TestRoutes.endpoint(server.port(), null));

    failure(urls(HOST, 7777).get(0));

    assertThat(server.said()).isNotEmpty().allMatch(this::greets);
    assertThat(attempts).hasSizeGreaterThan(1);
  }

  @Test
  void endpoints_allRefuse_errorIsTheDriversOwn() throws Exception {
    int port = closedPort();
    SQLException own = failure(urls("127.0.0.1", port).get(0));
    routes.host(HOST + ":7777", TestRoutes.endpoint(port, null));

    SQLException e = failure(urls(HOST, 7777).get(0));

    assertThat(e.getClass().getName()).isEqualTo(own.getClass().getName());
    assertThat(e.getSQLState()).isEqualTo(own.getSQLState());
    assertThat(e.getErrorCode()).isEqualTo(own.getErrorCode());
    assertThat(attempts).isNotEmpty();
  }

  @Test
  void url_ofSeveralServers_isLeftToTheDriver() throws Exception {
    FirstBytes server = open(new FirstBytes());
    routes.host("127.0.0.1:" + server.port(), TestRoutes.endpoint(closedPort(), null));

    failure(severalHosts(server.port(), closedPort()));

    assertThat(server.said()).isNotEmpty().allMatch(this::greets);
    assertThat(attempts).isEmpty();
  }
}
