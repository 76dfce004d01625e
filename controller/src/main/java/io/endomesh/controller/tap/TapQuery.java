package io.endomesh.controller.tap;

import com.google.protobuf.util.Durations;
import com.linecorp.armeria.common.QueryParams;
import io.endomesh.proto.v1.Tap;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What somebody wants to see, as a query says it. Immutable. */
record TapQuery(String namespace, String service, int maxPerSecond, Tap tap) {

  private static final int DEFAULT_PER_SECOND = 50;
  private static final int MAX_PER_SECOND = 1_000;

  /** Of each workload. */
  private static final int SAMPLED_PER_SECOND = 20;

  private static final int MAX_TEXT = 512;
  private static final int MAX_NAMES = 16;
  private static final int CLASS = 100;

  private static final Pattern STATUS = Pattern.compile("[1-5](xx|[0-9][0-9])");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  private static final Set<String> KNOWN =
      Set.of(
          "service",
          "side",
          "route",
          "method",
          "path",
          "status",
          "from",
          "to",
          "errors",
          "slower-than-ms",
          "share",
          "max-rps",
          "header",
          "query");

  /**
   * @throws IllegalArgumentException naming what is wrong
   */
  static TapQuery of(QueryParams query) {
    for (String name : query.names()) {
      if (!KNOWN.contains(name)) {
        throw wrong(
            name,
            query.get(name, ""),
            "one of " + String.join(", ", KNOWN.stream().sorted().toList()));
      }
    }
    String service = text(query, "service");
    int slash = service.indexOf('/');
    String name = service.substring(slash + 1);
    String namespace = slash < 0 ? "default" : service.substring(0, slash);
    if (name.isEmpty() || namespace.isEmpty() || name.indexOf('/') >= 0) {
      throw wrong("service", service, "a service, as shop/orders");
    }
    String side = text(query, "side");
    if (!Set.of("", "server", "client").contains(side)) {
      throw wrong("side", side, "server or client");
    }
    int perSecond = (int) number(query, "max-rps", DEFAULT_PER_SECOND, 1, MAX_PER_SECOND);
    Tap.Builder tap =
        Tap.newBuilder()
            .setSide(side)
            .setRoute(text(query, "route"))
            .setMethod(text(query, "method"))
            .setPath(text(query, "path"))
            .setCaller(text(query, "from"))
            .setDestination(text(query, "to"))
            .setErrors(flag(query))
            .setSlowerThan(
                Durations.fromMillis((long) number(query, "slower-than-ms", 0, 0, 3_600_000)))
            .setShare(number(query, "share", 0, 0, 1))
            .setPerSecond(perSecond)
            .addAllHeaders(names(query, "header"))
            .addAllQuery(names(query, "query"));
    status(tap, text(query, "status"));
    return new TapQuery(namespace, name, perSecond, tap.build());
  }

  /** A share of the calls of all services, for nobody in particular. */
  static TapQuery sample(double share) {
    return new TapQuery(
        "",
        "",
        MAX_PER_SECOND,
        Tap.newBuilder().setShare(share).setPerSecond(SAMPLED_PER_SECOND).build());
  }

  boolean isOfAll() {
    return service.isEmpty();
  }

  private static void status(Tap.Builder tap, String status) {
    if (status.isEmpty()) {
      return;
    }
    if (!STATUS.matcher(status).matches()) {
      throw wrong("status", status, "as 5xx or 404");
    }
    int from = Integer.parseInt(status.replace("xx", "00"));
    tap.setStatusFrom(from).setStatusTo(status.endsWith("xx") ? from + CLASS - 1 : from);
  }

  private static boolean flag(QueryParams query) {
    String text = text(query, "errors");
    if (!Set.of("", "true", "false").contains(text)) {
      throw wrong("errors", text, "true or false");
    }
    return text.equals("true");
  }

  private static double number(
      QueryParams query, String name, double otherwise, double min, double max) {
    String text = text(query, name);
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      double number = Double.parseDouble(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw wrong(name, text, "a number from " + (long) min + " to " + (long) max);
  }

  private static List<String> names(QueryParams query, String name) {
    List<String> names =
        query.getAll(name).stream()
            .flatMap(text -> Arrays.stream(text.split(",")))
            .filter(text -> !text.isEmpty())
            .toList();
    for (String one : names) {
      if (!NAME.matcher(one).matches() || names.size() > MAX_NAMES) {
        throw wrong(name, one, "at most " + MAX_NAMES + " names");
      }
    }
    return names;
  }

  private static String text(QueryParams query, String name) {
    String text = query.get(name, "").trim();
    if (text.length() > MAX_TEXT) {
      throw wrong(name, text.substring(0, 32) + "…", "at most " + MAX_TEXT + " characters");
    }
    return text;
  }

  private static IllegalArgumentException wrong(String name, Object value, String expected) {
    return new IllegalArgumentException(name + ": '" + value + "' (expected: " + expected + ")");
  }

  /** For the audit log: what somebody looked at. */
  String text() {
    String filter = tap.toString().trim().replace('\n', ' ');
    return namespace + "/" + service + (filter.isEmpty() ? "" : " where " + filter);
  }
}
