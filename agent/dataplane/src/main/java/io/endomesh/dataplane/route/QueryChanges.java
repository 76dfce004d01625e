package io.endomesh.dataplane.route;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy does to the parameters of a query, one change after the other (Envoy {@code
 * HeaderMutationPerRoute.mutations.query_parameter_mutations}). Parameters that it does not name
 * keep their place and every byte. Immutable.
 */
public record QueryChanges(List<Change> changes) {

  public static final QueryChanges NONE = new QueryChanges(List.of());

  private static final String SEPARATOR = "&";

  /** Not encoded in what is written: the unreserved characters of RFC 3986, 2.3. */
  private static final String UNRESERVED = "-._~";

  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  /** One step. Names are decoded; {@code parameter} is name and value as they go on the wire. */
  public sealed interface Change {

    /** In place of the first of that name, without the others of it; else at the end. */
    record Set(String name, String parameter) implements Change {}

    /** At the end, whatever is there. */
    record Add(String name, String parameter) implements Change {}

    /** All of that name. */
    record Remove(String name) implements Change {}
  }

  public QueryChanges {
    changes = List.copyOf(changes);
  }

  public static Change set(String name, String value) {
    return new Change.Set(name, encoded(name) + "=" + encoded(value));
  }

  public static Change add(String name, String value) {
    return new Change.Add(name, encoded(name) + "=" + encoded(value));
  }

  public static Change remove(String name) {
    return new Change.Remove(name);
  }

  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /**
   * @param query as written; null for none
   * @return what is sent in its place; null for none
   */
  public @Nullable String apply(@Nullable String query) {
    if (changes.isEmpty()) {
      return query;
    }
    List<String> before = split(query);
    List<String> parameters = new ArrayList<>(before);
    for (int i = 0; i < changes.size(); i++) {
      apply(changes.get(i), parameters);
    }
    if (parameters.equals(before)) {
      return query;
    }
    return parameters.isEmpty() ? null : String.join(SEPARATOR, parameters);
  }

  private static void apply(Change change, List<String> parameters) {
    if (change instanceof Change.Add add) {
      parameters.add(add.parameter());
    } else if (change instanceof Change.Remove remove) {
      parameters.removeIf(parameter -> isNamed(parameter, remove.name()));
    } else {
      set((Change.Set) change, parameters);
    }
  }

  private static void set(Change.Set set, List<String> parameters) {
    int first = 0;
    while (first < parameters.size() && !isNamed(parameters.get(first), set.name())) {
      first++;
    }
    if (first == parameters.size()) {
      parameters.add(set.parameter());
      return;
    }
    parameters.set(first, set.parameter());
    parameters
        .subList(first + 1, parameters.size())
        .removeIf(parameter -> isNamed(parameter, set.name()));
  }

  private static List<String> split(@Nullable String query) {
    if (query == null || query.isEmpty()) {
      return List.of();
    }
    List<String> parameters = new ArrayList<>();
    int start = 0;
    for (int end = query.indexOf(SEPARATOR); end >= 0; end = query.indexOf(SEPARATOR, start)) {
      parameters.add(query.substring(start, end));
      start = end + 1;
    }
    parameters.add(query.substring(start));
    return parameters;
  }

  /** As a server reads it: a name that is written otherwise is the same name. */
  private static boolean isNamed(String parameter, String name) {
    int equals = parameter.indexOf('=');
    String written = equals < 0 ? parameter : parameter.substring(0, equals);
    return decoded(written).equals(name);
  }

  /**
   * Of a query in the form of HTML's forms (WHATWG URL, application/x-www-form-urlencoded), which
   * is what servers read parameters of: a plus is a space.
   */
  private static String decoded(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = 0;
    for (int i = 0; i < bytes.length; i++) {
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      if (bytes[i] == '%' && high >= 0 && low >= 0) {
        bytes[length++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        bytes[length++] = bytes[i] == '+' ? (byte) ' ' : bytes[i];
      }
    }
    return new String(Arrays.copyOf(bytes, length), StandardCharsets.UTF_8);
  }

  private static String encoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      if (isUnreserved(octet)) {
        encoded.append((char) octet);
      } else {
        encoded.append('%').append(HEX[octet >> 4 & 15]).append(HEX[octet & 15]);
      }
    }
    return encoded.toString();
  }

  private static boolean isUnreserved(byte octet) {
    return octet >= 'a' && octet <= 'z'
        || octet >= 'A' && octet <= 'Z'
        || octet >= '0' && octet <= '9'
        || UNRESERVED.indexOf(octet) >= 0;
  }
}
