package io.endomesh.demo.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What is applied, and what calls must then show. It is a file in {@code src/test/resources}:
 * {@code gateway-api} has Gateway API's MESH conformance cases, {@code policies} ours. Immutable.
 *
 * @param name of the file; for those of Gateway API its {@code ShortName}
 * @param about what it shows, in a sentence
 * @param features of Gateway API that it asks for; empty for ours
 * @param mapped what of it exists on Kubernetes only, and what stands for that here; may be empty
 * @param resources as YAML; may be empty
 */
record MeshCase(
    String name,
    String about,
    List<String> features,
    String mapped,
    String resources,
    List<MeshCall> calls) {

  /** All there are on Gateway API's main branch, as it was on 2026-08-21. */
  static final Set<String> NAMES =
      Set.of(
          "MeshBasic",
          "MeshConsumerRoute",
          "MeshFrontend",
          "MeshFrontendHostname",
          "MeshGRPCRouteRequestHeaderModifier",
          "MeshGRPCRouteWeight",
          "MeshHTTPRoute303Redirect",
          "MeshHTTPRoute307Redirect",
          "MeshHTTPRoute308Redirect",
          "MeshHTTPRouteBackendRequestHeaderModifier",
          "MeshHTTPRouteMatching",
          "MeshHTTPRouteNamedRule",
          "MeshHTTPRouteQueryParamMatching",
          "MeshHTTPRouteRedirectHostAndStatus",
          "MeshHTTPRouteRedirectPath",
          "MeshHTTPRouteRedirectPort",
          "MeshHTTPRouteRequestHeaderModifier",
          "MeshHTTPRouteRewritePath",
          "MeshHTTPRouteSchemeRedirect",
          "MeshHTTPRouteSimpleSameNamespace",
          "MeshHTTPRouteWeight",
          "MeshPorts",
          "MeshTrafficSplit");

  /** What a mesh must have to claim a profile; a case that asks for more is an extended one. */
  private static final Set<String> CORE = Set.of("Mesh", "HTTPRoute", "GRPCRoute");

  private static final ObjectMapper JSON = new ObjectMapper();

  MeshCase {
    features = features == null ? List.of() : features;
    mapped = mapped == null ? "" : mapped;
    resources = resources == null ? "" : resources;
  }

  /**
   * Sorted by name.
   *
   * @param directory {@code gateway-api} or {@code policies}
   */
  static List<MeshCase> all(String directory) throws IOException, URISyntaxException {
    List<MeshCase> cases = new ArrayList<>();
    try (Stream<Path> files =
        Files.list(Path.of(MeshCase.class.getResource("/" + directory).toURI()))) {
      for (Path file : files.sorted().toList()) {
        ObjectNode fields = JSON.valueToTree(yaml().loadFromString(Files.readString(file)));
        fields.put("name", file.getFileName().toString().replace(".yaml", ""));
        cases.add(JSON.convertValue(fields, MeshCase.class));
      }
    }
    return cases;
  }

  private static Load yaml() {
    return new Load(LoadSettings.builder().build());
  }

  String profile() {
    return features.contains("GRPCRoute") ? "MESH-GRPC" : "MESH-HTTP";
  }

  boolean core() {
    return CORE.containsAll(features);
  }

  /** Paths of the applied resources in the controller's API. */
  List<String> paths() {
    List<String> paths = new ArrayList<>();
    for (Object document : yaml().loadAllFromString(resources)) {
      JsonNode resource = JSON.valueToTree(document);
      paths.add(
          "/api/v1/namespaces/%s/%s/%s"
              .formatted(
                  resource.at("/metadata/namespace").asText(),
                  plural(resource.get("kind").asText().toLowerCase(Locale.ROOT)),
                  resource.at("/metadata/name").asText()));
    }
    return paths;
  }

  private static String plural(String kind) {
    return kind.endsWith("y") ? kind.substring(0, kind.length() - 1) + "ies" : kind + "s";
  }

  @Override
  public String toString() {
    return name;
  }
}
