package io.endomesh.controller.join;

import io.endomesh.controller.ca.TokenAttestor;
import io.endomesh.controller.ca.WorkloadIdentity;
import io.endomesh.controller.kinds.JoinIssuer;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.dataplane.token.Claims;
import io.endomesh.dataplane.token.InvalidToken;
import io.endomesh.dataplane.token.Issuer;
import io.endomesh.dataplane.token.KeySet;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Believes the tokens of the issuers that JoinIssuers name. Thread-safe. */
public final class JoinIssuers implements TokenAttestor {

  private final Supplier<MeshModel> model;
  private final Clock clock;

  public JoinIssuers(Supplier<MeshModel> model, Clock clock) {
    this.model = model;
    this.clock = clock;
  }

  @Override
  public Attested attest(String token) throws Refused {
    MeshModel now = model.get();
    String why = "no JoinIssuer is there (expected: one, or a join token of this controller)";
    for (JoinIssuer issuer : now.joinIssuers()) {
      String name = "JoinIssuer/" + issuer.metadata().namespace() + "/" + issuer.metadata().name();
      try {
        return new Attested(name, identity(issuer, verified(now, name, issuer, token)));
      } catch (InvalidToken e) {
        why = name + ": the token is not accepted: " + e.getMessage();
      }
    }
    throw new Refused(why);
  }

  private Claims verified(MeshModel now, String name, JoinIssuer issuer, String token)
      throws InvalidToken {
    String keys = issuer.inlineKeys() == null ? now.keys(issuer.keys()) : issuer.inlineKeys();
    return new Issuer(
            name,
            issuer.issuer(),
            issuer.audiences(),
            keys == null ? KeySet.EMPTY : KeySet.of(keys))
        .verify(token, clock.instant().getEpochSecond());
  }

  private static WorkloadIdentity identity(JoinIssuer issuer, Claims claims) throws InvalidToken {
    String namespace = claim(claims, issuer.namespaceClaim());
    String service = claim(claims, issuer.serviceClaim());
    if (!issuer.lets(namespace)) {
      throw new InvalidToken(
          "it is for namespace '" + namespace + "' (expected: one of " + issuer.namespaces() + ")");
    }
    try {
      return new WorkloadIdentity(namespace, service);
    } catch (IllegalArgumentException e) {
      throw new InvalidToken(String.valueOf(e.getMessage()));
    }
  }

  private static String claim(Claims claims, List<String> path) throws InvalidToken {
    @Nullable String value = claims.text(path);
    if (value == null || value.isEmpty()) {
      throw new InvalidToken("it has no claim " + String.join(".", path));
    }
    return value;
  }
}
