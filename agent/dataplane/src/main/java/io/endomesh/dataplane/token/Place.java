package io.endomesh.dataplane.token;

import io.endomesh.dataplane.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where in a request a token is looked for. Immutable. */
public sealed interface Place {

  /** RFC 6750, 2.1 and 2.3, as Istio looks by default. */
  List<Place> DEFAULT = List.of(new Header("authorization", "Bearer "), new Query("access_token"));

  /**
   * @return null if there is none
   * @throws InvalidToken if there are several, or one that another reader may find elsewhere
   */
  @Nullable String token(Request request) throws InvalidToken;

  /**
   * @param name in lower case
   * @param prefix before the token; empty if the value is nothing else
   */
  record Header(String name, String prefix) implements Place {

    @Override
    public @Nullable String token(Request request) throws InvalidToken {
      String value = request.header(name);
      if (value == null) {
        return null;
      }
      String scheme = prefix.trim();
      if (startsWith(value, 0, scheme)) {
        return value.substring(scheme.length()).strip();
      }
      // A second header, behind one that is no token: some applications take the last.
      for (int comma = value.indexOf(','); comma >= 0; comma = value.indexOf(',', comma + 1)) {
        int start = comma + 1;
        while (start < value.length() && Character.isWhitespace(value.charAt(start))) {
          start++;
        }
        if (startsWith(value, start, scheme)) {
          throw new InvalidToken("header " + name + " is there several times");
        }
      }
      return null;
    }

    /** In any case (RFC 9110, 11.1), and with what some readers take for a space. */
    private boolean startsWith(String value, int at, String scheme) {
      int end = at + scheme.length();
      return value.regionMatches(true, at, scheme, 0, scheme.length())
          && (scheme.length() == prefix.length()
              || end == value.length()
              || Character.isWhitespace(value.charAt(end)));
    }
  }

  /** A parameter of the query. */
  record Query(String name) implements Place {

    @Override
    public @Nullable String token(Request request) throws InvalidToken {
      String query = request.query();
      if (query == null || query.isEmpty()) {
        return null;
      }
      String found = null;
      for (int start = 0; start <= query.length(); ) {
        int and = query.indexOf('&', start);
        int end = and < 0 ? query.length() : and;
        int equals = query.indexOf('=', start);
        if (equals >= 0 && equals < end && isNamed(query, start, equals)) {
          if (found != null) {
            throw new InvalidToken("parameter " + name + " is there several times");
          }
          found = decoded(query.substring(equals + 1, end));
        }
        start = end + 1;
      }
      return found;
    }

    private boolean isNamed(String query, int start, int end) {
      if (end - start == name.length() && query.regionMatches(start, name, 0, name.length())) {
        return true;
      }
      String written = query.substring(start, end);
      try {
        return written.indexOf('%') >= 0
            && URLDecoder.decode(written, StandardCharsets.UTF_8).equals(name);
      } catch (IllegalArgumentException notOurs) {
        return false;
      }
    }

    private String decoded(String text) throws InvalidToken {
      try {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        // What cannot be read is what the server refuses, or reads in its own way.
        throw new InvalidToken("the query cannot be read (expected: %xx)");
      }
    }
  }
}
