package io.endomesh.controller.access;

import io.endomesh.controller.oidc.Person;
import java.util.List;
import java.util.Set;

/** How people whom a provider knows are called here. Stateless. */
final class GuestNames {

  private static final int MAX_LOGGED = 300;

  private GuestNames() {}

  /** That stays theirs. */
  static String id(Person person) {
    return person.issuer() + " " + person.subject();
  }

  /** As the history and the audit log call them. */
  static String name(Person person) {
    List<String> names = person.texts("preferred_username");
    String name = names.isEmpty() ? "" : names.get(0);
    return Caller.OIDC_PREFIX
        + (name.matches("[\\p{L}\\p{N}._@+-]{1,63}") ? name : person.subject());
  }

  /** For the operator, who has to write a rule; nobody at a browser is told. */
  static String seen(Person person, Set<String> claims) {
    StringBuilder seen = new StringBuilder();
    for (String claim : claims) {
      seen.append(claim).append(' ').append(person.texts(claim)).append(", ");
    }
    String line =
        seen.append("of the claims ")
            .append(person.claimNames())
            .toString()
            .replaceAll("\\p{Cntrl}", " ");
    return line.length() <= MAX_LOGGED ? line : line.substring(0, MAX_LOGGED) + "…";
  }
}
