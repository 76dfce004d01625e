package io.endomesh.controller.access;

import io.endomesh.controller.ca.WorkloadIdentity;
import org.jspecify.annotations.Nullable;

/**
 * A right, in all namespaces or in one. Immutable.
 *
 * @param namespace null: everywhere
 */
record Grant(Right right, @Nullable String namespace) {

  /**
   * @param text {@code read}, {@code apply:shop}
   * @throws IllegalArgumentException naming what is wrong with it
   */
  static Grant parse(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    Right right =
        Right.of(name)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "scopes: '" + text + "' (expected: one of " + Grants.names() + ")"));
    if (colon < 0) {
      return new Grant(right, null);
    }
    String namespace = text.substring(colon + 1);
    if (!right.isByNamespace()) {
      throw new IllegalArgumentException(
          "scopes: '" + text + "' (expected: " + name + ", which is of no namespace)");
    }
    if (!WorkloadIdentity.isName(namespace)) {
      throw new IllegalArgumentException(
          "scopes: '" + text + "' (expected: " + name + ":NAMESPACE)");
    }
    return new Grant(right, namespace);
  }

  String text() {
    return namespace == null ? right.text() : right.text() + ":" + namespace;
  }
}
