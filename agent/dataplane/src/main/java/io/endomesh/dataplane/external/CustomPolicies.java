package io.endomesh.dataplane.external;

import io.endomesh.dataplane.Request;
import io.endomesh.dataplane.authorize.Policy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Of which requests a provider is asked (Istio {@code action: CUSTOM}). Immutable.
 *
 * @param policies in order; the first that matches is the one it is asked for
 */
public record CustomPolicies(Provider provider, List<Policy> policies) {

  public CustomPolicies {
    // To match is to be held back: sending a header twice is no way around.
    List<Policy> safe = new ArrayList<>(policies.size());
    for (Policy policy : policies) {
      safe.add(policy.ofSeveral(/* suspicious= */ true));
    }
    policies = List.copyOf(safe);
  }

  /** The name of the first policy that matches, null if none does. */
  public @Nullable String first(
      Request request, @Nullable String caller, @Nullable String remoteAddress) {
    return Policy.first(policies, request, caller, remoteAddress);
  }
}
