package io.endomesh.controller.telemetry;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** OTLP attributes as sorted text. Immutable. */
record Attributes(Map<String, String> values) {

  /** OpenTelemetry's default limit of attributes a span may have. */
  private static final int MAX_COUNT = 128;

  /** A statement or a stack trace may be long; the console shows the beginning. */
  private static final int MAX_LENGTH = 2048;

  static Attributes of(List<KeyValue> attributes) {
    Map<String, String> values = new TreeMap<>();
    for (KeyValue attribute : attributes) {
      if (values.size() == MAX_COUNT) {
        break;
      }
      String text = text(attribute.getValue());
      values.put(
          attribute.getKey(), text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH));
    }
    return new Attributes(values);
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INT_VALUE -> Long.toString(value.getIntValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
      case ARRAY_VALUE -> list(value.getArrayValue().getValuesList().iterator());
      default -> "";
    };
  }

  private static String list(Iterator<AnyValue> values) {
    StringBuilder text = new StringBuilder();
    while (values.hasNext() && text.length() < MAX_LENGTH) {
      text.append(text.isEmpty() ? "" : ", ").append(text(values.next()));
    }
    return text.toString();
  }

  @Nullable String find(String name) {
    return values.get(name);
  }

  /** Of the first name that is there. */
  @Nullable String findAny(String... names) {
    for (String name : names) {
      String value = values.get(name);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  boolean isTrue(String name) {
    return "true".equals(values.get(name));
  }
}
