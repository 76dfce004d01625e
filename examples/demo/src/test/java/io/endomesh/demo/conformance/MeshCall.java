package io.endomesh.demo.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A call, and what must be seen of it. Names of headers are compared without regard to case.
 * Immutable.
 *
 * @param from name of the workload that calls
 * @param url scheme {@code grpc} for a call of gRPC
 * @param status that the caller sees; of gRPC its number; null if the last of many calls may have
 *     any, the default with {@code atMost}
 * @param answeredBy name of the workload that received it; null if it does not matter
 * @param path that was received; null for that of the URL
 * @param query that was received; null if it does not matter
 * @param received headers that arrived at the server, values of one name joined by commas; a value
 *     between slashes is a regular expression
 * @param receivedWithout headers that did not arrive
 * @param response headers that the caller sees
 * @param responseWithout headers that it does not see
 * @param location of a redirect; null if there is none
 * @param shares of many calls, by the workload that receives them; empty for a single call
 * @param atMost shares of many calls, by the server that must not get more of them
 * @param copies of each call that must arrive at a {@link Partner}'s server, 1 for one of each, a
 *     share of many for less
 * @param together true if one workload must receive them all, whichever it is
 * @param atOnce how many of them are under way at a time
 */
record MeshCall(
    String about,
    String from,
    String url,
    Map<String, String> headers,
    Integer status,
    String answeredBy,
    String path,
    String query,
    Map<String, String> received,
    List<String> receivedWithout,
    Map<String, String> response,
    List<String> responseWithout,
    String location,
    Map<String, Double> shares,
    Map<String, Double> atMost,
    Map<String, Double> copies,
    Boolean together,
    Integer atOnce) {

  /** As Gateway API has it: a share is right if it is off by no more. */
  private static final double TOLERANCE = 0.05;

  /** As Gateway API has it, for shares. */
  private static final int MANY = 500;

  /** Chance alone is off by more once in two million times (a normal distribution's five). */
  private static final int DEVIATIONS = 5;

  /** Of two instances, chance picks one so often in a row once in a million times. */
  static final int SOME = 20;

  /** For a share that is not left to chance: one call more or less is a hundredth of it. */
  private static final int ENOUGH = 100;

  /** Header that asks for a call of the server's own, whose request is another one. */
  private static final String RELAY = "x-relay";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of a URL, whatever stands for its host. */
  private static final Pattern PATH = Pattern.compile("[a-z]+://[^/]*([^?]*).*");

  MeshCall {
    from = from == null ? "echo-v1" : from;
    headers = headers == null ? Map.of() : headers;
    if (status == null && (atMost == null || atMost.isEmpty())) {
      status = 200;
    }
    received = received == null ? Map.of() : received;
    receivedWithout = receivedWithout == null ? List.of() : receivedWithout;
    response = response == null ? Map.of() : response;
    responseWithout = responseWithout == null ? List.of() : responseWithout;
    shares = shares == null ? Map.of() : shares;
    atMost = atMost == null ? Map.of() : atMost;
    copies = copies == null ? Map.of() : copies;
    together = together != null && together;
    atOnce = atOnce == null ? 1 : atOnce;
  }

  /**
   * A call as a file would say it.
   *
   * @param fields by the names of this record's components; what is absent has its default
   */
  static MeshCall of(Map<String, Object> fields) {
    return JSON.convertValue(fields, MeshCall.class);
  }

  /** How often it is made: once tells nothing where chance picks the instance. */
  int count() {
    if (!exact()) {
      return MANY;
    }
    return atMost.isEmpty() ? SOME : ENOUGH;
  }

  /** Whether it shows the same each time, and not only more or less. */
  boolean exact() {
    return shares.isEmpty()
        && copies.values().stream().allMatch(share -> share == Math.rint(share));
  }

  /** Where the answer is not what it must be; empty if all is well. */
  List<String> differences(JsonNode answer) {
    List<String> wrong = new ArrayList<>();
    if (status != null) {
      differ(wrong, "status", status.toString(), answer.get("status"));
    }
    if (location != null) {
      differ(wrong, "location", location, answer.at("/headers/location"));
    }
    if (together && answer.path("seen").size() != 1) {
      wrong.add("answered by: " + answer.path("seen") + " (expected: one for all)");
    }
    JsonNode arrived = answer.path("received");
    if (answeredBy != null) {
      String seen = "{\"" + answeredBy + "\":" + count() + "}";
      differ(wrong, "answered by", seen, answer.path("seen"));
    }
    if (!arrived.isMissingNode() && !url.startsWith("grpc:") && !headers.containsKey(RELAY)) {
      differ(wrong, "method", "GET", arrived.path("method"));
      differ(
          wrong,
          "path",
          path == null ? PATH.matcher(url).replaceFirst("$1") : path,
          arrived.path("path"));
      if (query != null) {
        differ(wrong, "query", query, arrived.path("query"));
      }
    }
    headers(wrong, "received", received, receivedWithout, arrived.path("headers"));
    headers(wrong, "response", response, responseWithout, answer.path("headers"));
    shares(wrong, answer.path("seen"));
    atMost.forEach(
        (name, share) -> {
          int real = answer.path("seen").path(name).asInt();
          if (real > share * count()) {
            wrong.add("calls of " + name + ": " + real + " (expected: at most " + share + ")");
          }
        });
    wrong.addAll(copiesAmiss(answer.path("copies")));
    if (!wrong.isEmpty()) {
      wrong.add("the answer: " + answer);
    }
    return wrong;
  }

  /** Where there are not the copies that there must be; those of the last calls may be late. */
  List<String> copiesAmiss(JsonNode arrived) {
    List<String> wrong = new ArrayList<>();
    copies.forEach(
        (name, share) -> {
          int real = arrived.path(name).asInt();
          double off = exact() ? 0 : DEVIATIONS * Math.sqrt(count() * share * (1 - share));
          if (Math.abs(real - share * count()) > off) {
            wrong.add(
                "copies at "
                    + name
                    + ": "
                    + real
                    + " (expected: "
                    + share * count()
                    + " ± "
                    + off
                    + ")");
          }
        });
    return wrong;
  }

  private void shares(List<String> wrong, JsonNode seen) {
    if (shares.isEmpty()) {
      return;
    }
    seen.fieldNames()
        .forEachRemaining(
            name -> {
              if (!shares.containsKey(name)) {
                wrong.add("answered by: '" + name + "' (expected: one of " + shares.keySet() + ")");
              }
            });
    shares.forEach(
        (name, share) -> {
          double real = seen.path(name).asInt() / (double) MANY;
          if (Math.abs(real - share) > TOLERANCE) {
            wrong.add("share of " + name + ": " + real + " (expected: about " + share + ")");
          }
        });
  }

  private static void headers(
      List<String> wrong,
      String where,
      Map<String, String> there,
      List<String> without,
      JsonNode headers) {
    there.forEach(
        (name, value) -> {
          JsonNode real = headers.path(name.toLowerCase(Locale.ROOT));
          if (!real.isTextual() || !isPattern(value) || !real.textValue().matches(inner(value))) {
            differ(wrong, where + " " + name, value, real);
          }
        });
    for (String name : without) {
      JsonNode value = headers.path(name.toLowerCase(Locale.ROOT));
      if (!value.isMissingNode()) {
        wrong.add(where + " " + name + ": " + value + " (expected: none)");
      }
    }
  }

  private static boolean isPattern(String value) {
    return value.length() > 1 && value.startsWith("/") && value.endsWith("/");
  }

  private static String inner(String pattern) {
    return pattern.substring(1, pattern.length() - 1);
  }

  private static void differ(List<String> wrong, String what, String expected, JsonNode real) {
    String text = real == null || real.isMissingNode() ? "none" : text(real);
    if (!text.equals(expected)) {
      wrong.add(what + ": " + text + " (expected: " + expected + ")");
    }
  }

  private static String text(JsonNode node) {
    return node.isTextual() ? node.textValue() : node.toString();
  }

  @Override
  public String toString() {
    return from + " calls " + url + (about == null ? "" : ", " + about);
  }
}
