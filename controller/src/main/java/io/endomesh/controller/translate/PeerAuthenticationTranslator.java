package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.PeerAuthentication;
import io.endomesh.controller.kinds.PeerAuthentication.Mode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the mTLS mode of a port: PeerAuthentication, narrowest first, as in Istio. Immutable. */
final class PeerAuthenticationTranslator {

  /** Policies there are for the whole mesh, as Istio's root namespace. */
  static final String MESH_NAMESPACE = "endomesh-system";

  private final List<PeerAuthentication> policies;

  /**
   * @param policies oldest first; of two as narrow the older rules
   */
  PeerAuthenticationTranslator(List<PeerAuthentication> policies) {
    this.policies = policies;
  }

  /**
   * @param port null for the ports no policy names
   */
  Mode mode(String namespace, Map<String, String> labels, @Nullable Integer port) {
    Mode ofWorkload = Mode.UNSET;
    Mode ofNamespace = Mode.UNSET;
    Mode ofMesh = Mode.UNSET;
    for (PeerAuthentication policy : policies) {
      String own = policy.metadata().namespace();
      if (!policy.selector().isEmpty()) {
        if (own.equals(namespace) && labels.entrySet().containsAll(policy.selector().entrySet())) {
          Mode mode = port == null ? policy.mode() : ofPort(policy, port);
          ofWorkload = first(ofWorkload, mode);
        }
      } else {
        if (own.equals(namespace)) {
          ofNamespace = first(ofNamespace, policy.mode());
        }
        if (own.equals(MESH_NAMESPACE)) {
          ofMesh = first(ofMesh, policy.mode());
        }
      }
    }
    return first(first(first(ofWorkload, ofNamespace), ofMesh), Mode.PERMISSIVE);
  }

  private static Mode ofPort(PeerAuthentication policy, int port) {
    return first(policy.ports().getOrDefault(port, Mode.UNSET), policy.mode());
  }

  private static Mode first(Mode narrow, Mode wide) {
    return narrow == Mode.UNSET ? wide : narrow;
  }
}
