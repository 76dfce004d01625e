package io.endomesh.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.identity.Peer;
import io.endomesh.xds.runtime.Log;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {

  /** Many times what a write takes. */
  private static final long PATIENCE_MILLIS = 20_000;

  private static final String CANARY = "canary-91ab";

  @TempDir private Path directory;
  private final Workload workload = new Workload("orders", "shop", "orders-1", Map.of());
  private final Mesh mesh = new Mesh(workload);
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final Log log =
      new Log() {
        @Override
        public void info(String sentence) {}

        @Override
        public void warn(String sentence) {
          warnings.add(sentence);
        }

        @Override
        public void error(String sentence) {}
      };

  @BeforeEach
  void observe() {
    mesh.observer(CallObserver.NONE);
  }

  private AccessLog start(Path place, double share) {
    return AccessLog.start(place.toString(), share, workload, mesh.records(), log);
  }

  private void serve(String path) {
    mesh.serve(new Arriving(path)).ended(200, Outcome.NOT_GRPC, null);
  }

  @Test
  void file_hasALineForEachCall_withoutSecrets_forItsOwnerOnly() throws Exception {
    Path file = directory.resolve("access.log");
    AccessLog started = start(file, 1);
    serve("/v1/carts");
    serve("/v1/\"quoted\"\n");
    started.close(PATIENCE_MILLIS);

    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .startsWith("{\"service.namespace\":\"shop\",\"service.name\":\"orders\",")
        .contains("\"service.instance.id\":\"orders-1\"", "\"url.path\":\"/v1/carts\"")
        .contains("\"http.response.status_code\":200", "\"network.local.port\":8080")
        .doesNotContain(CANARY)
        .endsWith("}");
    assertThat(lines.get(1)).contains("/v1/\\\"quoted\\\"\\u000a");
    assertThat(Files.getPosixFilePermissions(file))
        .contains(PosixFilePermission.OWNER_READ)
        .doesNotContain(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
    assertThat(warnings).isEmpty();
  }

  @Test
  void file_thatIsThere_isAppendedTo() throws Exception {
    Path file = directory.resolve("access.log");
    Files.writeString(file, "of the last run\n");
    AccessLog started = start(file, 1);
    serve("/a");
    started.close(PATIENCE_MILLIS);

    assertThat(Files.readAllLines(file)).hasSize(2).first().isEqualTo("of the last run");
  }

  @Test
  void file_thatCannotBeWritten_isSaidOnce_andCallsGoOn() throws Exception {
    Path place = directory.resolve("missing/access.log");
    AccessLog started = start(place, 1);
    serve("/a");
    while (warnings.isEmpty()) {
      Thread.onSpinWait();
    }
    serve("/b");
    started.close(PATIENCE_MILLIS);

    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("access-log: " + place + " cannot be written (");
  }

  @Test
  void calls_tooMany_areLeftOut_andThatIsSaidOnce() throws Exception {
    Path file = directory.resolve("access.log");
    AccessLog started = start(file, 1);
    for (int i = 0; i < 5_000; i++) {
      serve("/a");
    }
    started.close(PATIENCE_MILLIS);

    assertThat(Files.readAllLines(file)).hasSizeBetween(1, 4_999);
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("access-log: ", "the rest is left out (access-log.sampling lowers the share)");
  }

  @Test
  void share_isOfAllCalls() throws Exception {
    Path file = directory.resolve("access.log");
    AccessLog started = start(file, 0.02);
    for (int i = 0; i < 10_000; i++) {
      serve("/a");
    }
    started.close(PATIENCE_MILLIS);

    // Seven standard deviations around 200.
    assertThat(Files.readAllLines(file)).hasSizeBetween(100, 300);
    assertThat(warnings).isEmpty();
  }

  @Test
  void nothingHappens_noFileIsMade() throws Exception {
    Path file = directory.resolve("access.log");
    start(file, 1).close(PATIENCE_MILLIS);
    assertThat(file).doesNotExist();
  }

  private record Arriving(String path) implements InboundRequest {

    @Override
    public Protocol protocol() {
      return Protocol.HTTP;
    }

    @Override
    public String authority() {
      return "orders:8080";
    }

    @Override
    public String method() {
      return "GET";
    }

    @Override
    public String query() {
      return "t=" + CANARY;
    }

    @Override
    public @Nullable String header(String name) {
      return name.equals("authorization") ? "Bearer " + CANARY : null;
    }

    @Override
    public boolean replayable() {
      return false;
    }

    @Override
    public Iterable<String> headerNames() {
      return List.of("authorization");
    }

    @Override
    public void setHeader(String name, String value) {}

    @Override
    public void removeHeader(String name) {}

    @Override
    public List<String> peerIdentities() {
      return List.of();
    }

    @Override
    public Peer peer() {
      return Peer.PLAINTEXT;
    }

    @Override
    public String remoteAddress() {
      return "127.0.0.1";
    }

    @Override
    public int localPort() {
      return 8080;
    }
  }
}
