package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Locale;

/** An explanation as text: what was taken has an arrow, what was passed over a dash. */
final class ExplanationText {

  /** As wide as the longest stage, "authorization", and two. */
  private static final String STAGE = "%-15s%s%n";

  private static final String INDENT = " ".repeat(15);

  private final PrintWriter out;

  ExplanationText(PrintWriter out) {
    this.out = out;
  }

  /** {@code POST /api/v1/explain}'s answer. */
  void print(JsonNode answer) {
    out.printf(
        "%s %s%nfrom %s, %s%n%n",
        answer.at("/call/method").asText(),
        answer.at("/call/url").asText(),
        answer.at("/from/serviceId").asText(),
        answer.at("/from/identity").asText());
    answer.path("steps").forEach(this::step);
    JsonNode branches = answer.path("branches");
    for (JsonNode branch : branches) {
      if (branches.size() > 1) {
        out.printf(
            "%n%s %% to %s%n%n",
            number(branch.path("percent").asDouble()), branch.path("cluster").asText());
      }
      branch.path("steps").forEach(this::step);
      if (branches.size() > 1) {
        verdict(branch.path("verdict"));
      }
    }
    if (branches.size() < 2) {
      verdict(answer.path("verdict"));
    }
  }

  private void step(JsonNode step) {
    String by = step.path("decidedBy").asText("");
    String message = step.path("message").asText();
    String named = by.isEmpty() || message.contains(by) ? message : message + " (" + by + ")";
    out.printf(STAGE, step.path("stage").asText(), named);
    for (JsonNode candidate : step.path("candidates")) {
      out.printf(
          "%s%s %s: %s%n",
          INDENT,
          candidate.path("taken").asBoolean() ? "→" : "-",
          candidate.path("name").asText(),
          candidate.path("why").asText());
    }
  }

  private void verdict(JsonNode verdict) {
    StringBuilder text = new StringBuilder(verdict.path("kind").asText().replace('-', ' '));
    if (!verdict.path("status").isNull()) {
      text.append(" with ").append(verdict.path("status").asText());
    }
    text.append(": ").append(verdict.path("message").asText());
    String by = verdict.path("decidedBy").asText("");
    if (!by.isEmpty() && text.indexOf(by) < 0) {
      text.append(" (").append(by).append(")");
    }
    out.printf(STAGE, "=", text);
  }

  private static String number(double percent) {
    String text = String.format(Locale.ROOT, "%.1f", percent);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
