package io.endomesh.demo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.demo.Installation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gateway API's MESH conformance cases, and cases of our own of the same form for what Gateway API
 * has none for, between real processes. A case is applied, then each of its calls is made until it
 * shows what it must, as Gateway API's own suite does it; and once all did, all but those that
 * chance divides are made again, and must show it at once.
 */
@Timeout(180)
class MeshConformanceIT {

  @TempDir private static Path run;
  private static EchoMesh mesh;

  @BeforeAll
  static void start() throws Exception {
    mesh = new EchoMesh(new Installation(Path.of(System.getProperty("endomesh.home"))), run);
  }

  @AfterAll
  static void stop() throws Exception {
    try {
      mesh.end();
    } finally {
      mesh.close();
    }
  }

  static List<MeshCase> cases() throws Exception {
    List<MeshCase> cases = new ArrayList<>(MeshCase.all("gateway-api"));
    cases.addAll(MeshCase.all("policies"));
    return cases;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void mesh_appliedAsTheCaseSays_showsWhatItMust(MeshCase theCase) throws Exception {
    if (!theCase.resources().isEmpty()) {
      mesh.apply(theCase.resources());
    }
    try {
      for (MeshCall call : theCase.calls()) {
        mesh.showsInTime(call);
      }
      for (MeshCall call : theCase.calls().stream().filter(MeshCall::exact).toList()) {
        assertThat(call.differences(mesh.make(call))).as(call.toString()).isEmpty();
      }
    } finally {
      mesh.delete(theCase.paths());
    }
  }
}
