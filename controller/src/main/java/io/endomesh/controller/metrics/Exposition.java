package io.endomesh.controller.metrics;

import com.linecorp.armeria.common.MediaType;
import io.endomesh.controller.telemetry.CallTotals;
import io.endomesh.controller.telemetry.LabelText;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Writes metrics as Prometheus reads them. One thread at a time. */
final class Exposition {

  /** Prometheus's own text (0.0.4), and the standard that was made of it (1.0.0). */
  enum Format {
    TEXT("text/plain; version=0.0.4; charset=utf-8"),
    OPEN_METRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

    final MediaType type;

    Format(String type) {
      this.type = MediaType.parse(type);
    }
  }

  /** Small enough to be garbage soon, large enough to be worth a frame. */
  private static final int CHUNK = 64 << 10;

  private static final int MILLIS = 1000;

  private static final int BOUND_DIGITS = 4;

  /** Below it a double holds each whole number. */
  private static final double EXACT = 1e15;

  private final Format format;
  private final Predicate<String> names;
  private final Consumer<String> out;
  private final StringBuilder text = new StringBuilder(CHUNK + 4096);
  private final double[] bounds = CallTotals.bounds();
  private boolean wanted;

  /**
   * @param names which families are asked for, by the names of queries
   * @param out gets the text in chunks
   */
  Exposition(Format format, Predicate<String> names, Consumer<String> out) {
    this.format = format;
    this.names = names;
    this.out = out;
  }

  /** What follows are samples of this family. False if nobody asked for it. */
  boolean begin(Family family) {
    wanted = names.test(family.queried());
    if (wanted) {
      String name = format == Format.TEXT ? family.queried() : family.name();
      String type = family.type().name().toLowerCase(Locale.ROOT);
      text.append("# HELP ").append(name).append(' ').append(family.help()).append('\n');
      text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
      if (format == Format.OPEN_METRICS && !family.unit().isEmpty()) {
        text.append("# UNIT ").append(name).append(' ').append(family.unit()).append('\n');
      }
    }
    return wanted;
  }

  /** A family of one sample without labels. */
  void single(Family family, double value) {
    if (begin(family)) {
      sample(family, "", value);
    }
  }

  void sample(Family family, LabelText labels, double value) {
    sample(family, labels.toString(), value);
  }

  void sample(Family family, String labels, double value) {
    if (wanted) {
      line(family.queried(), labels, "", number(value));
    }
  }

  /** The sum and the number of what a summary sums up. */
  void summary(Family family, LabelText labels, double sum, long count) {
    if (wanted) {
      line(family.name() + "_sum", labels.toString(), "", number(sum));
      line(family.name() + "_count", labels.toString(), "", Long.toString(count));
    }
  }

  void histogram(Family family, CallTotals.Total total) {
    if (!wanted) {
      return;
    }
    boolean millis = family.unit().equals("milliseconds");
    long[] buckets = total.buckets();
    for (int i = 0; i < buckets.length; i++) {
      String bound = i < bounds.length ? bound(bounds[i] * (millis ? MILLIS : 1)) : "+Inf";
      line(family.name() + "_bucket", total.labels(), bound, Long.toString(buckets[i]));
    }
    double sum = total.sumSeconds() * (millis ? MILLIS : 1);
    line(family.name() + "_sum", total.labels(), "", number(sum));
    line(family.name() + "_count", total.labels(), "", Long.toString(total.count()));
  }

  /** Nothing follows. */
  void end() {
    if (format == Format.OPEN_METRICS) {
      text.append("# EOF\n");
    }
    out.accept(text.toString());
    text.setLength(0);
  }

  private void line(String name, String labels, String bound, String value) {
    text.append(name);
    if (!labels.isEmpty() || !bound.isEmpty()) {
      text.append('{').append(labels);
      if (!bound.isEmpty()) {
        text.append(labels.isEmpty() ? "" : ",").append("le=\"").append(bound).append('"');
      }
      text.append('}');
    }
    text.append(' ').append(value).append('\n');
    if (text.length() >= CHUNK) {
      out.accept(text.toString());
      text.setLength(0);
    }
  }

  /** OpenMetrics writes {@code 1.0} where Prometheus's text has {@code 1}. */
  private String bound(double bound) {
    // A thousand times 0.0005 is not what it looks like.
    String plain =
        BigDecimal.valueOf(bound)
            .setScale(BOUND_DIGITS, RoundingMode.HALF_UP)
            .stripTrailingZeros()
            .toPlainString();
    return format == Format.OPEN_METRICS && plain.indexOf('.') < 0 ? plain + ".0" : plain;
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < EXACT
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
