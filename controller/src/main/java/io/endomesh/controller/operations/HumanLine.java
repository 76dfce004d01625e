package io.endomesh.controller.operations;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;

/** A log event as people read it. Thread-safe. */
final class HumanLine extends PatternLayoutEncoder {

  private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level %logger{0} %msg%n";

  HumanLine() {
    setPattern(PATTERN);
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return Redaction.text(getLayout().doLayout(event)).getBytes(UTF_8);
  }
}
