package io.endomesh.weaving;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which service a web application is, by its context path: the setting {@code services}. Immutable.
 *
 * @param byContextPath true if a path that is not among them names its service itself
 * @param named by context path, {@code /} for the root
 */
public record ServiceNames(boolean byContextPath, Map<String, String> named) {

  private static final String BY_CONTEXT_PATH = "by-context-path";

  /** What Tomcat brings to be deployed beside the application. */
  static final Set<String> OF_TOMCAT = Set.of("docs", "examples", "host-manager", "manager");

  public ServiceNames {
    named = Map.copyOf(named);
  }

  /**
   * {@code /orders:orders;/old:billing}, with {@code =} and commas where the comma does not end the
   * setting; {@code by-context-path} for all others.
   *
   * @return null if applications are no services of their own
   */
  static @Nullable ServiceNames read(SettingSource source, List<String> problems) {
    SettingSource.Found found = source.find("services");
    if (found == null) {
      return null;
    }
    boolean byContextPath = false;
    Map<String, String> named = new LinkedHashMap<>();
    for (String part : SettingSource.split(found.value(), ";,")) {
      int separator = Math.max(part.lastIndexOf(':'), part.lastIndexOf('='));
      String path = separator < 0 ? "" : part.substring(0, separator).trim();
      String service = separator < 0 ? "" : part.substring(separator + 1).trim();
      if (part.equals(BY_CONTEXT_PATH)) {
        byContextPath = true;
      } else if (isContextPath(path) && Settings.isLabel(service)) {
        named.put(path, service);
      } else {
        problems.add(
            found.name()
                + ": "
                + part
                + " (expected: /CONTEXT-PATH:SERVICE, or by-context-path; a service is 1 to 63"
                + " lower-case letters, digits and hyphens); it is left out");
      }
    }
    return byContextPath || !named.isEmpty() ? new ServiceNames(byContextPath, named) : null;
  }

  private static boolean isContextPath(String text) {
    return text.startsWith("/") && (text.length() == 1 || !text.endsWith("/"));
  }

  /**
   * @param contextPath as a container has it, empty for the root
   * @return null if the application is part of the JVM's own service
   */
  @Nullable String of(String contextPath) {
    String service = named.get(contextPath.isEmpty() ? "/" : contextPath);
    if (service != null || !byContextPath || contextPath.isEmpty()) {
      return service;
    }
    String path = contextPath.substring(1);
    String name = OF_TOMCAT.contains(path) ? "" : ServiceName.kebabCase(path);
    return name.isEmpty() ? null : name;
  }
}
