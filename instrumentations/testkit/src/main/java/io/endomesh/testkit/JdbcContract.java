package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the mesh promises to an application that uses a database, whichever driver it has. A driver
 * inherits the promises by saying how its URLs are written.
 */
@Contract("JDBC driver")
public abstract class JdbcContract extends JdbcRolesContract {

  @Test
  void application_seesWhatItSeesWithoutAnAgent() throws Exception {
    List<String> without = transcriptWithoutAgent();
    routes.host(HOST, real());
    for (String url : List.of(direct(), database().url(HOST))) {
      try (Connection connection = connect(url)) {
        assertThat(JdbcTranscript.of(connection)).isEqualTo(without);
      }
    }
    assertThat(without).hasSizeGreaterThan(30);
  }

  private List<String> transcriptWithoutAgent() throws Exception {
    Path ours =
        Path.of(JdbcTranscript.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                ours + File.pathSeparator + database().classPath(),
                JdbcTranscript.class.getName(),
                direct(),
                database().server().user(),
                database().server().password())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output.lines().toList();
  }
}
