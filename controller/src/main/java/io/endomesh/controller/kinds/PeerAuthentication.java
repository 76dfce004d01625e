package io.endomesh.controller.kinds;

import java.util.HashMap;
import java.util.Map;

/**
 * A PeerAuthentication of Istio, security.istio.io/v1: whether servers ask callers for mutual TLS.
 * Immutable.
 *
 * @param ports modes of single ports
 */
public record PeerAuthentication(
    Metadata metadata, Map<String, String> selector, Mode mode, Map<Integer, Mode> ports)
    implements MeshResource {

  public enum Mode {
    /** As the next wider policy says. */
    UNSET,
    DISABLE,
    PERMISSIVE,
    STRICT
  }

  public PeerAuthentication {
    selector = Map.copyOf(selector);
    ports = Map.copyOf(ports);
  }

  static PeerAuthentication read(Metadata metadata, Fields spec) {
    Map<String, String> selector = AuthorizationPolicy.selector(spec);
    Fields mtls = spec.objectOrEmpty("mtls");
    Mode mode = mode(mtls);
    mtls.rejectUnknown();
    Map<Integer, Mode> ports = new HashMap<>();
    spec.objectMap("portLevelMtls", PeerAuthentication::mode)
        .forEach((port, portMode) -> ports.put(port(spec, port), portMode));
    if (!ports.isEmpty() && selector.isEmpty()) {
      throw spec.invalid(
          "portLevelMtls", "without selector (expected: selector.matchLabels of the workloads)");
    }
    return new PeerAuthentication(metadata, selector, mode, ports);
  }

  private static Mode mode(Fields fields) {
    return fields.oneOf("mode", Mode.class, Mode.UNSET);
  }

  private static int port(Fields spec, String text) {
    if (text.matches("[0-9]{1,5}")) {
      return Integer.parseInt(text);
    }
    throw spec.invalid("portLevelMtls", "'" + text + "' (expected: a port number)");
  }
}
