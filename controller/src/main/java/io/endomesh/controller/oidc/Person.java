package io.endomesh.controller.oidc;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.dataplane.token.Claims;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whom a provider says somebody is. Immutable.
 *
 * @param subject by which the provider knows them; names change hands, this does not
 * @param claims of the id token
 * @param more what the provider says when it is asked for more; null: it was not
 * @param idToken as it came, for the logout; it is proof of nothing here
 */
public record Person(
    String issuer, String subject, Claims claims, @Nullable JsonNode more, String idToken) {

  public static final String EMAIL = "email";

  /** Counts for {@link #EMAIL} (OpenID Connect Core 1.0, 5.1). */
  public static final String EMAIL_VERIFIED = "email_verified";

  /**
   * The texts of a claim, one or a list; empty if there are none.
   *
   * @param name of the claim; of one within others, the names with dots between them
   */
  public List<String> texts(String name) {
    List<String> texts = claims.texts(List.of(name));
    if (texts.isEmpty() && name.indexOf('.') > 0) {
      texts = claims.texts(Arrays.asList(name.split("\\.", -1)));
    }
    return texts.isEmpty() && more != null ? texts(more, name) : texts;
  }

  /**
   * Whether a mail address is theirs: whoever sets up one at a provider need not be who reads its
   * mail. One place must say both.
   */
  public boolean hasVerified(String email) {
    return (claims.texts(List.of(EMAIL)).contains(email)
            && claims.texts(List.of(EMAIL_VERIFIED)).contains("true"))
        || (more != null
            && texts(more, EMAIL).contains(email)
            && texts(more, EMAIL_VERIFIED).contains("true"));
  }

  private static List<String> texts(JsonNode more, String name) {
    JsonNode value = more.path(name);
    if (value.isMissingNode()) {
      value = more;
      for (String part : name.split("\\.", -1)) {
        value = value.path(part);
      }
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode item : value.isArray() ? value : List.of(value)) {
      if (item.isValueNode() && !item.isNull()) {
        texts.add(item.asText());
      }
    }
    return texts;
  }

  /** Of all claims, sorted. */
  public Set<String> claimNames() {
    Set<String> names = new TreeSet<>(claims.names());
    if (more != null) {
      more.fieldNames().forEachRemaining(names::add);
    }
    return names;
  }

  /** Without the token and what it says. */
  @Override
  public String toString() {
    return "Person[issuer=" + issuer + ", subject=" + subject + "]";
  }
}
