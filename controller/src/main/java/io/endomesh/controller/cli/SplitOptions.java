package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which split of a service is meant, where there are several. */
final class SplitOptions {

  @Option(
      names = "--resource",
      paramLabel = "KIND/NAMESPACE/NAME",
      description = "resource that splits (default: the only one that counts)")
  private @Nullable String resource;

  @Option(
      names = "--rule",
      paramLabel = "N",
      description = "its place among the rules of the resource, from 0 (default: the only one)")
  private @Nullable Integer rule;

  void addTo(ObjectNode asked) {
    if (resource != null) {
      String[] parts = resource.split("/", -1);
      if (parts.length != 3) {
        throw new CommandFailed(
            Exit.USAGE,
            "--resource: '"
                + resource
                + "' (expected: KIND/NAMESPACE/NAME, as HTTPRoute/shop/orders)");
      }
      asked
          .putObject("resource")
          .put("kind", parts[0])
          .put("namespace", parts[1])
          .put("name", parts[2]);
    }
    if (rule != null) {
      asked.put("rule", rule);
    }
  }

  /** {@code shop/orders} as part of a path. */
  static String path(String service) {
    if (!service.matches("[a-z0-9.-]+/[a-z0-9.-]+")) {
      throw new CommandFailed(
          Exit.USAGE, "SERVICE: '" + service + "' (expected: NAMESPACE/NAME, as shop/orders)");
    }
    return service;
  }
}
