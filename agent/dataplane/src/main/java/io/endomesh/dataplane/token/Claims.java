package io.endomesh.dataplane.token;

import io.endomesh.dataplane.route.StringMatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a verified token says of who sent the request. Immutable. */
public final class Claims {

  /** Nobody asked for a token. */
  public static final Claims NONE = new Claims(Map.of(), Set.of(), null);

  /** There was none, where one would have been looked at. */
  static final Claims ABSENT = new Claims(Map.of(), Set.of(), null);

  private final Map<String, Object> claims;
  private final Set<String> spaceDelimited;
  private final @Nullable String policy;

  /**
   * @param spaceDelimited names of claims that are lists, written as one text ({@code scope})
   * @param policy by which it was verified
   */
  Claims(Map<String, Object> claims, Set<String> spaceDelimited, @Nullable String policy) {
    this.claims = claims;
    this.spaceDelimited = spaceDelimited;
    this.policy = policy;
  }

  /** In a word behind who called, for the operator; empty if nobody asked for a token. */
  public String told() {
    if (this == NONE) {
      return "";
    }
    return this == ABSENT ? " without a token" : " with a token that " + policy + " accepts";
  }

  /** True if there is a token. */
  public boolean isPresent() {
    return policy != null;
  }

  /** Resource that accepted the token; null if there is none. */
  public @Nullable String policy() {
    return policy;
  }

  /** {@code ISSUER/SUBJECT} as Istio has it; null if there is no token, or without a subject. */
  public @Nullable String principal() {
    return claims.get("iss") instanceof String issuer
            && claims.get("sub") instanceof String subject
            && !subject.isEmpty()
        ? issuer + "/" + subject
        : null;
  }

  /** The text of a claim; null if it is not there or no text. */
  public @Nullable String text(List<String> path) {
    return at(path) instanceof String text ? text : null;
  }

  /** Of a list all that have a text, as for {@link #matches}; empty if the claim is not there. */
  public List<String> texts(List<String> path) {
    Object value = at(path);
    List<String> texts = new ArrayList<>();
    for (Object item : value instanceof List<?> list ? list : Collections.singletonList(value)) {
      String text = textOf(item);
      if (text != null) {
        texts.add(text);
      }
    }
    return texts;
  }

  /** Of the claims that are there, from outside only. */
  public Set<String> names() {
    return claims.keySet();
  }

  /**
   * True if the claim has a value that matches: of a list one suffices. Truth values and numbers
   * are the text they are written as; objects match nothing.
   *
   * @param path names of members, from the outside in
   */
  public boolean matches(List<String> path, StringMatch match) {
    Object value = at(path);
    if (value instanceof List<?> list) {
      for (Object item : list) {
        if (matches(item, match)) {
          return true;
        }
      }
      return false;
    }
    return value instanceof String text && path.size() == 1 && spaceDelimited.contains(path.get(0))
        ? matchesOneOf(text, match)
        : matches(value, match);
  }

  private static boolean matchesOneOf(String text, StringMatch match) {
    for (int start = 0; start < text.length(); ) {
      int space = text.indexOf(' ', start);
      int end = space < 0 ? text.length() : space;
      if (end > start && match.matches(text.substring(start, end))) {
        return true;
      }
      start = end + 1;
    }
    return false;
  }

  private static boolean matches(@Nullable Object value, StringMatch match) {
    String text = textOf(value);
    return text != null && match.matches(text);
  }

  private static @Nullable String textOf(@Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof Json.Number number) {
      return number.text();
    }
    return value instanceof Boolean truth ? truth.toString() : null;
  }

  private @Nullable Object at(List<String> path) {
    Object value = claims;
    for (int i = 0; i < path.size(); i++) {
      if (!(value instanceof Map<?, ?> members)) {
        return null;
      }
      value = members.get(path.get(i));
    }
    return value;
  }
}
