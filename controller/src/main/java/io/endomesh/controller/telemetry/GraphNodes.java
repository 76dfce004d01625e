package io.endomesh.controller.telemetry;

/** Ids of graph nodes that are no service of the mesh. A service is {@code namespace/name}. */
public final class GraphNodes {

  /** Callers without an identity. */
  public static final String OUTSIDE = "outside";

  private static final String DATABASE = "db:";

  private static final String EXTERNAL = "external:";

  private GraphNodes() {}

  static String database(String system, String address) {
    return DATABASE + system + "/" + address;
  }

  static String external(String address) {
    return EXTERNAL + address;
  }

  /** {@code service}, {@code database}, {@code external} or {@code outside}. */
  public static String kind(String id) {
    if (id.equals(OUTSIDE)) {
      return "outside";
    }
    if (id.startsWith(DATABASE)) {
      return "database";
    }
    return id.startsWith(EXTERNAL) ? "external" : "service";
  }

  /** What to write on the node: without namespace and kind. */
  public static String label(String id) {
    return switch (kind(id)) {
      case "database" -> id.substring(id.indexOf('/') + 1);
      case "external" -> id.substring(EXTERNAL.length());
      case "service" -> id.substring(id.indexOf('/') + 1);
      default -> id;
    };
  }
}
