package io.endomesh.controller.tokens;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The labels that a join token gives its workloads, as JSON has them. Stateless. */
public final class TokenLabels {

  /** They are in each certificate of each workload, and so in each handshake. */
  private static final int MAX_LABELS = 16;

  /** Kubernetes' syntax of labels, where whoever knows labels knows them from. */
  private static final Pattern NAME =
      Pattern.compile(
          "([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

  private static final Pattern VALUE =
      Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

  private TokenLabels() {}

  /**
   * @param labels an object of texts, or nothing
   * @throws IllegalArgumentException if it is not, or one of them is no label
   */
  public static Map<String, String> parse(JsonNode labels) {
    if (!labels.isMissingNode() && !labels.isNull() && !labels.isObject()) {
      throw new IllegalArgumentException("labels: (expected: {\"name\":\"value\"})");
    }
    Map<String, String> parsed = new TreeMap<>();
    labels.properties().forEach(label -> parsed.put(label.getKey(), label.getValue().asText()));
    require(parsed);
    return parsed;
  }

  static void require(Map<String, String> labels) {
    if (labels.size() > MAX_LABELS) {
      throw new IllegalArgumentException(
          "labels: " + labels.size() + " (expected: at most " + MAX_LABELS + ")");
    }
    labels.forEach(
        (name, value) -> {
          if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                "labels: '"
                    + name
                    + "' (expected: a name of letters, digits and -_. with at most 63 characters,"
                    + " perhaps behind a domain and a slash)");
          }
          if (!VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                "labels."
                    + name
                    + ": '"
                    + value
                    + "' (expected: letters, digits and -_. with at most 63 characters)");
          }
        });
  }
}
