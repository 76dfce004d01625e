package io.endomesh.controller.kinds;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JoinIssuer, endomesh.io/v1: whose tokens let workloads join, as those of the service accounts
 * of a Kubernetes cluster do. Immutable.
 *
 * @param audiences one must be among those of a token: it is meant for this mesh
 * @param keys null if they come along
 * @param inlineKeys a JWK Set; null if they are fetched
 * @param namespaces that its tokens may be for
 * @param namespaceClaim names of members, from the outside in
 * @param serviceClaim likewise
 */
public record JoinIssuer(
    Metadata metadata,
    String issuer,
    List<String> audiences,
    @Nullable KeySource keys,
    @Nullable String inlineKeys,
    List<String> namespaces,
    List<String> namespaceClaim,
    List<String> serviceClaim)
    implements MeshResource {

  /** Any. */
  public static final String ANY = "*";

  /** Who may write there, may let anybody in: no other namespace may. */
  private static final String NAMESPACE = "endomesh-system";

  public JoinIssuer {
    audiences = List.copyOf(audiences);
    namespaces = List.copyOf(namespaces);
    namespaceClaim = List.copyOf(namespaceClaim);
    serviceClaim = List.copyOf(serviceClaim);
  }

  static JoinIssuer read(Metadata metadata, Fields spec) {
    if (!metadata.namespace().equals(NAMESPACE)) {
      throw new InvalidFieldException(
          "metadata.namespace", "'" + metadata.namespace() + "' (expected: " + NAMESPACE + ")");
    }
    String issuer = spec.string("issuer");
    if (spec.has("jwks") && spec.has("jwksUri")) {
      throw spec.invalid("jwks", "beside jwksUri (expected: one of them)");
    }
    KeySource keys = KeySource.read(spec, issuer);
    return new JoinIssuer(
        metadata,
        issuer,
        required(spec, "audiences", "the name by which tokens are meant for this mesh"),
        keys,
        keys == null ? RequestAuthentication.inlineKeys(spec, "jwks") : null,
        required(spec, "namespaces", "namespaces that its tokens may be for, or \"*\""),
        claim(spec, "namespaceClaim", "namespace"),
        claim(spec, "serviceClaim", "serviceaccount", "name"));
  }

  private static List<String> required(Fields spec, String name, String expected) {
    List<String> values = spec.strings(name);
    if (values.isEmpty() || values.contains("")) {
      throw spec.invalid(name, "absent or empty (expected: " + expected + ")");
    }
    return values;
  }

  /** As Kubernetes has it, below one member. */
  private static List<String> claim(Fields spec, String name, String... kubernetes) {
    List<String> path = spec.strings(name);
    if (!path.isEmpty()) {
      return path;
    }
    List<String> otherwise = new ArrayList<>(List.of("kubernetes.io"));
    otherwise.addAll(List.of(kubernetes));
    return otherwise;
  }

  /** True if its tokens may be for it. */
  public boolean lets(String namespace) {
    return namespaces.contains(ANY) || namespaces.contains(namespace);
  }
}
