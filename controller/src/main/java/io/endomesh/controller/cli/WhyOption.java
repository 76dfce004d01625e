package io.endomesh.controller.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import picocli.CommandLine.Option;

/** Option {@code -m}, which every command that changes resources has. */
final class WhyOption {

  @Option(
      names = {"-m", "--message"},
      paramLabel = "WHY",
      description = "why, for the history and the audit log")
  private String why = "";

  /** The path of a write, which says why it is made if the user did. */
  String addTo(String path) {
    return addTo(path, "");
  }

  /**
   * @param otherwise what is to be said if the user says nothing
   */
  String addTo(String path, String otherwise) {
    String said = why.isBlank() ? otherwise : why;
    if (said.isEmpty()) {
      return path;
    }
    return path + (path.contains("?") ? "&" : "?") + "why=" + URLEncoder.encode(said, UTF_8);
  }
}
