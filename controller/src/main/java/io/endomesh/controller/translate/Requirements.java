package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.ParsedResource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a resource can mean only beside another one. Stateless. */
public final class Requirements {

  private Requirements() {}

  /**
   * @param now the newest model, of all that is stored
   * @param parsed to be applied together
   * @throws InvalidResourceException naming the first that asks where a call came from before
   *     proxies took it, while nobody has said which proxies are to be believed: the answer would
   *     be the proxy's own address
   */
  public static void check(MeshModel now, List<ParsedResource> parsed)
      throws InvalidResourceException {
    if (parsed.stream().noneMatch(one -> asksForOrigin(one) != null)) {
      return;
    }
    InboundPolicies policies = Drafts.over(now, parsed).inboundPolicies();
    for (ParsedResource one : parsed) {
      String field = asksForOrigin(one);
      String namespace = one.key().namespace();
      if (field != null && !policies.believeProxies(namespace)) {
        throw new InvalidResourceException(
            one.key().toString(),
            field,
            "asks for the address in X-Forwarded-For, which anybody can write (expected: an"
                + " InboundPolicy with spec.trustedHops in "
                + namespace
                + " or endomesh-system, for the proxies that stand before the servers)");
      }
    }
  }

  private static @Nullable String asksForOrigin(ParsedResource parsed) {
    return parsed.resource() instanceof AuthorizationPolicy policy ? policy.asksForOrigin() : null;
  }
}
