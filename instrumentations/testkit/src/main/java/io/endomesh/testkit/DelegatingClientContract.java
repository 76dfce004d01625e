package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Reply;
import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.TestRoutes.Rules;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What an application gets that uses a client through another library, which knows nothing of the
 * mesh and is not woven. Held to the whole of its contract is the client underneath.
 */
@Contract("HTTP client, by delegation")
public abstract class DelegatingClientContract {

  /** Such a library, made in a class loader of its own with the client underneath. */
  @FunctionalInterface
  public interface Delegating {
    Answer get(String url) throws IOException, InterruptedException;
  }

  private final TestRoutes routes = new TestRoutes();
  private final List<Backend> backends = new ArrayList<>();
  private final Delegating client;

  /**
   * @param client binary name of a {@link Delegating} without arguments; all that is in its
   *     package, or below, is loaded with it
   */
  protected DelegatingClientContract(String client) {
    this.client = StagedCode.make(getClass(), Delegating.class, client);
    // Some libraries find their parts by it, as in an application.
    Thread.currentThread().setContextClassLoader(this.client.getClass().getClassLoader());
  }

  private Backend open(Backend backend) {
    backends.add(backend);
    return backend;
  }

  @AfterEach
  void closeAll() {
    Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
    backends.forEach(Backend::close);
  }

  /** What the client says of {@code http://orders}, in the mesh as outside. */
  protected String hostHeader() {
    return "orders";
  }

  @Test
  void name_reachesItsServiceByMutualTls() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    assertThat(client.get("http://orders/list?x=1").text()).isEqualTo("orders");

    assertThat(orders.only().uri()).isEqualTo("/list?x=1");
    assertThat(orders.only().header("host")).isEqualTo(hostHeader());
    assertThat(orders.only().peerIdentities()).containsExactly(TestRoutes.US);
  }

  @Test
  void status_namedByPolicy_isTriedAgain_andCountedOnce() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(503));
    routes.host("orders", Rules.retrying(503), broken.endpoint());

    assertThat(client.get("http://orders/").status()).isEqualTo(503);

    // As many retries as the policy says, and none of them retried by a layer above.
    assertThat(broken.received()).hasSize(5);
  }

  @Test
  void noEndpoint_isAnsweredByTheMesh() throws Exception {
    routes.host("orders");

    Answer answer = client.get("http://orders/");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsEntry(Reply.DECIDED_BY_HEADER, "endpoint");
  }

  @Test
  void host_unknownToTheMesh_isLeftAlone() throws Exception {
    Backend external = open(Backend.plaintext("external"));

    assertThat(client.get("http://localhost:" + external.port() + "/").text())
        .isEqualTo("external");
  }
}
