package io.endomesh.controller.telemetry;

import org.jspecify.annotations.Nullable;

/** Labels as Prometheus writes them, {@code a="1",b="2"}. One thread at a time. */
public final class LabelText {

  /** A name of a resource, with its kind and namespace, is shorter. */
  private static final int MAX_VALUE = 400;

  private final StringBuilder text = new StringBuilder(256);

  /** Nothing for null: a label that is not there and one without value are the same. */
  public LabelText put(String name, @Nullable String value) {
    if (value == null || value.isEmpty()) {
      return this;
    }
    if (!text.isEmpty()) {
      text.append(',');
    }
    text.append(name).append("=\"");
    for (int i = 0; i < Math.min(MAX_VALUE, value.length()); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '"' -> text.append("\\\"");
        case '\n' -> text.append("\\n");
        // Half a character would be no UTF-8, and cost the whole scrape.
        default -> text.append(Character.isSurrogate(c) ? '?' : c);
      }
    }
    text.append('"');
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
