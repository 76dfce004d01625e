package io.endomesh.controller.analyze;

import io.endomesh.controller.kinds.JoinIssuer;
import io.endomesh.controller.kinds.KeySource;
import io.endomesh.controller.kinds.RequestAuthentication;
import io.endomesh.controller.translate.AppliedResource;
import io.endomesh.controller.translate.FetchedKeys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Issuers whose keys cannot be fetched. */
final class KeysCheck implements Check {

  @Override
  public void look(Estate estate, List<Finding> findings) {
    if (!estate.live()) {
      return;
    }
    for (AppliedResource applied : estate.resources()) {
      if (applied.resource() instanceof RequestAuthentication policy) {
        for (int i = 0; i < policy.rules().size(); i++) {
          look(estate, applied, "spec.jwtRules[" + i + "]", policy.rules().get(i).keys(), findings);
        }
      } else if (applied.resource() instanceof JoinIssuer issuer) {
        look(estate, applied, "spec", issuer.keys(), findings);
      }
    }
  }

  private static void look(
      Estate estate,
      AppliedResource applied,
      String field,
      @Nullable KeySource source,
      List<Finding> findings) {
    if (source == null) {
      return;
    }
    FetchedKeys fetched = estate.model().fetched(source);
    if (fetched == null || fetched.failure() == null) {
      return;
    }
    boolean known = fetched.jwks() != null;
    findings.add(
        new Finding(
            known ? Code.EM0602 : Code.EM0601,
            applied.key(),
            field,
            "the keys of "
                + source.address()
                + " cannot be fetched: "
                + fetched.failure()
                + (known ? "; those that are known stay" : "; its tokens are refused")));
  }
}
