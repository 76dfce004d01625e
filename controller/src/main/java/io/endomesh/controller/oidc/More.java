package io.endomesh.controller.oidc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.jwks.IssuerClient;
import io.endomesh.controller.jwks.KeyFetchException;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Some providers tell groups only to who asks (OpenID Connect Core 1.0, 5.3). Stateless. */
final class More {

  private static final Logger log = LoggerFactory.getLogger(More.class);

  private More() {}

  /** Asks for more if a claim is missing. Without an answer they are whom the token says. */
  static Person of(
      IssuerClient client,
      Endpoints endpoints,
      @Nullable String accessToken,
      Person person,
      Iterable<String> wanted) {
    URI userinfo = endpoints.userinfo();
    if (userinfo == null || accessToken == null || hasAll(person, wanted)) {
      return person;
    }
    try {
      IssuerClient.Answer answer = client.get(userinfo, "Bearer " + accessToken);
      JsonNode more =
          answer.status() == 200
              ? Endpoints.JSON.readTree(answer.body())
              : Endpoints.JSON.missingNode();
      // 5.3.2: else it may be of somebody else.
      if (more.path("sub").asText().equals(person.subject())) {
        return new Person(
            person.issuer(), person.subject(), person.claims(), more, person.idToken());
      }
      log.warn("The OpenID provider {} tells no more of {}", person.issuer(), person.subject());
    } catch (KeyFetchException e) {
      log.warn(
          "The OpenID provider {} tells no more of {}: {}",
          person.issuer(),
          person.subject(),
          e.getMessage());
    } catch (JsonProcessingException e) {
      log.warn(
          "The OpenID provider {} tells no more of {} that can be read",
          person.issuer(),
          person.subject());
    }
    return person;
  }

  private static boolean hasAll(Person person, Iterable<String> wanted) {
    for (String claim : wanted) {
      if (person.texts(claim).isEmpty()) {
        return false;
      }
    }
    return true;
  }
}
