package io.endomesh.dataplane.limit;

import io.endomesh.dataplane.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How urgent a call is, from 0 (most) to 7 (RFC 9218, 4.1); it decides who is turned away first.
 * What a caller proves counts before what a header says. Immutable; allocates nothing.
 *
 * @param header whose parameter {@code u} says it, in lower case; null if no header does
 * @param callers in order; the first that matches decides
 */
public record Urgency(@Nullable String header, List<CallerClass> callers) {

  /** Of calls about which nothing is said (RFC 9218, 4.1). */
  public static final int DEFAULT = 3;

  public static final int LEAST = 7;

  public static final Urgency NONE = new Urgency(null, List.of());

  /**
   * @param identity a SPIFFE id; or with {@code /} at its end, the beginning of one
   */
  public record CallerClass(String identity, int urgency) {

    public boolean matches(String caller) {
      return identity.endsWith("/") ? caller.startsWith(identity) : caller.equals(identity);
    }
  }

  public Urgency {
    callers = List.copyOf(callers);
  }

  public int of(Request request, @Nullable String caller) {
    if (caller != null) {
      for (int i = 0; i < callers.size(); i++) {
        if (callers.get(i).matches(caller)) {
          return callers.get(i).urgency();
        }
      }
    }
    return header == null ? DEFAULT : parameter(request.header(header));
  }

  /**
   * The percentage of the limit that calls of an urgency may fill. Those of the default fill it;
   * each step less urgent leaves a tenth to the others, and each step more may go a tenth beyond
   * it.
   */
  public static int allowance(int urgency) {
    return 100 + 10 * (DEFAULT - urgency);
  }

  /**
   * {@code u=1} of a dictionary (RFC 8941); what cannot be read is the default, as RFC 9218 asks.
   */
  private static int parameter(@Nullable String value) {
    if (value == null) {
      return DEFAULT;
    }
    int found = DEFAULT;
    for (int start = 0; start < value.length(); ) {
      int end = value.indexOf(',', start);
      end = end < 0 ? value.length() : end;
      int at = start;
      while (at < end && (value.charAt(at) == ' ' || value.charAt(at) == '\t')) {
        at++;
      }
      if (value.startsWith("u=", at) && at + 2 < end) {
        int digit = value.charAt(at + 2) - '0';
        boolean alone = at + 3 == end || " \t;".indexOf(value.charAt(at + 3)) >= 0;
        // Of several the last counts (RFC 8941, 4.2.2).
        found = alone && digit >= 0 && digit <= LEAST ? digit : DEFAULT;
      }
      start = end + 1;
    }
    return found;
  }
}
