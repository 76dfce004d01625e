package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;

/** What {@code endomesh explain} prints, for tests of other packages. */
public final class PrintedExplanation {

  private PrintedExplanation() {}

  public static String of(JsonNode explanation) {
    StringWriter text = new StringWriter();
    new ExplanationText(new PrintWriter(text, true)).print(explanation);
    return text.toString();
  }
}
