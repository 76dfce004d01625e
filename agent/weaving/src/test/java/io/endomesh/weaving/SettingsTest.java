package io.endomesh.weaving;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.cluster.Locality;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

  private final Map<String, String> properties = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();

  private Settings read(@Nullable String argument) {
    return Settings.read(argument, properties::get, environment::get);
  }

  @Test
  void read_nothing_usesDefaultsWithoutComplaint() {
    Settings settings = read(null);

    assertThat(settings.problems()).isEmpty();
    assertThat(settings.join()).isNull();
    assertThat(settings.namespace()).isEqualTo("default");
    assertThat(settings.discoveryTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.logLevel()).isEqualTo(AgentLog.Level.INFO);
    assertThat(settings.telemetryEnabled()).isTrue();
    assertThat(settings.instrumentationEnabled("jdbc")).isTrue();
  }

  @Test
  void read_keys_areOfP256AndKept_unlessToldOtherwise() {
    assertThat(read(null).ed25519Key()).isFalse();
    assertThat(read(null).keepsCredentials()).isTrue();

    Settings settings = read("key=ed25519,keep-credentials=false");

    assertThat(settings.problems()).isEmpty();
    assertThat(settings.ed25519Key()).isTrue();
    assertThat(settings.keepsCredentials()).isFalse();
    assertThat(read(null).maxConnectionAgeAfterRenewal()).isEqualTo(Duration.ofHours(1));
    assertThat(read("max-connection-age-after-renewal=90s").maxConnectionAgeAfterRenewal())
        .isEqualTo(Duration.ofSeconds(90));
    assertThat(read("max-connection-age-after-renewal=off").maxConnectionAgeAfterRenewal())
        .isNull();
    assertThat(read("keep-credentials=no").keepsCredentials()).isFalse();
    assertThat(read(null).drainTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(read("drain-timeout=0s").drainTimeout()).isZero();
  }

  @Test
  void read_identity_isTheControllersUnlessToldOtherwise_andTheSocketIsWhereTheStandardSays() {
    assertThat(read(null).spiffeWorkloadApi()).isFalse();
    assertThat(read(null).spiffeEndpointSocket()).isEmpty();

    environment.put("SPIFFE_ENDPOINT_SOCKET", "unix:///run/standard.sock");
    Settings settings = read("identity=spiffe-workload-api");
    assertThat(settings.problems()).isEmpty();
    assertThat(settings.spiffeWorkloadApi()).isTrue();
    assertThat(settings.spiffeEndpointSocket()).isEqualTo("unix:///run/standard.sock");
    assertThat(read("spiffe-endpoint-socket=unix:///run/own.sock").spiffeEndpointSocket())
        .isEqualTo("unix:///run/own.sock");
  }

  @Test
  void read_sameSettingEverywhere_argumentBeatsPropertyBeatsEnvironment() {
    environment.put("ENDOMESH_SERVICE", "from-environment");
    assertThat(read(null).service()).isEqualTo("from-environment");

    properties.put("endomesh.service", "from-property");
    assertThat(read(null).service()).isEqualTo("from-property");

    assertThat(read("service=from-argument").service()).isEqualTo("from-argument");
  }

  @Test
  void read_environmentNames_haveUnderscores() {
    environment.put("ENDOMESH_INSTRUMENTATION_JAVA_HTTP_CLIENT_ENABLED", "false");
    environment.put("ENDOMESH_DISCOVERY_TIMEOUT", "250ms");

    assertThat(read(null).instrumentationEnabled("java-http-client")).isFalse();
    assertThat(read(null).discoveryTimeout()).isEqualTo(Duration.ofMillis(250));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "service=Orders!        | service: Orders! (expected:",
        "namespace=-shop        | namespace: -shop (expected:",
        "labels=version         | labels: version (expected: key:value",
        "locality=eu//a         | locality: eu//a (expected: region, region/zone or",
        "locality=eu/a/b/c      | locality: eu/a/b/c (expected: region, region/zone or",
        "locality=eu west       | locality: eu west (expected: region, region/zone or",
        "services=/orders       | services: /orders (expected: /CONTEXT-PATH:SERVICE, or by-",
        "services=orders:orders | services: orders:orders (expected: /CONTEXT-PATH:SERVICE",
        "services=/a/:orders    | services: /a/:orders (expected: /CONTEXT-PATH:SERVICE",
        "services=/a:Orders     | services: /a:Orders (expected: /CONTEXT-PATH:SERVICE",
        "address=orders.example | address: orders.example (expected: an IP address)",
        "address=10.0.0.256     | address: 10.0.0.256 (expected: an IP address)",
        "key=rsa                | key: rsa (expected: ec or ed25519); using ec",
        "keep-credentials=no    | keep-credentials: no (expected: true or false); using false",
        "identity=spire         | identity: spire (expected: controller or spiffe-workload-api)",
        "max-connection-age-after-renewal=1h | max-connection-age-after-renewal: 1h (expected: a",
        "drain-timeout=20       | drain-timeout: 20 (expected: a time as in 500ms or 10s, 0s to wait",
        "drain-timeout=11m      | drain-timeout: 11m (expected: a time",
        "trusted-proxies=all    | trusted-proxies: all (expected:",
        "advertised-port=0      | advertised-port: 0 (expected:",
        "advertised-port=80:x   | advertised-port: 80:x (expected:",
        "discovery-timeout=1    | discovery-timeout: 1 (expected:",
        "discovery-timeout=2h   | discovery-timeout: 2h (expected:",
        "discovery-timeout=61s  | discovery-timeout: 61s (expected:",
        "until-configured=deny  | until-configured: deny (expected: serve or refuse); using refuse",
        "log-level=loud         | log-level: loud (expected:",
        "telemetry.enabled=yes  | telemetry.enabled: yes (expected: true or false); using true",
        "servce=orders          | agent argument: servce (expected: one of",
        "orders                 | agent argument: orders (expected: name=value)",
        "instrumentation.jdbc.enabled=no | instrumentation.jdbc.enabled: no (expected: true or",
      })
  void read_badValue_saysWhatWasExpectedAndKeepsTheDefault(String argument, String problem) {
    Settings settings = read(argument);

    assertThat(settings.problems()).singleElement().asString().startsWith(problem);
    assertThat(settings.service()).isEqualTo("unnamed");
    assertThat(settings.namespace()).isEqualTo("default");
    assertThat(settings.labels()).isEmpty();
    assertThat(settings.address()).isNull();
    assertThat(settings.advertisedPort()).isNull();
    assertThat(settings.discoveryTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.logLevel()).isEqualTo(AgentLog.Level.INFO);
    assertThat(settings.telemetryEnabled()).isTrue();
  }

  @Test
  void labels_inBothForms_areTheSame() {
    properties.put("endomesh.labels", "version=v1,zone=a");

    Map<String, String> expected = Map.of("version", "v1", "zone", "a");
    assertThat(read(null).labels()).isEqualTo(expected);
    assertThat(read("labels=version:v1;zone:a").labels()).isEqualTo(expected);
  }

  @Test
  void services_inBothForms_areTheSame() {
    properties.put("endomesh.services", "/orders=orders,/=front");

    ServiceNames expected = new ServiceNames(false, Map.of("/orders", "orders", "/", "front"));
    assertThat(read(null).services()).isEqualTo(expected);
    assertThat(read("services=/orders:orders;/:front").services()).isEqualTo(expected);
    assertThat(read("services=/orders=orders;/=front").services()).isEqualTo(expected);
    assertThat(expected.of("")).isEqualTo("front");
    assertThat(expected.of("/orders")).isEqualTo("orders");
    assertThat(expected.of("/other")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "/orders, orders",
    "/shop/Orders, shop-orders",
    "/old, billing",
    "/manager,",
    "/_,",
    "'',"
  })
  void services_byContextPath_areCalledAsThat(String path, String service) {
    ServiceNames names = read("services=by-context-path;/old:billing").services();

    assertThat(names).isNotNull();
    assertThat(names.of(path)).isEqualTo(service);
  }

  /** Tomcat's main class is called Bootstrap. */
  @Test
  void service_besideThoseOfATomcat_isCalledTomcat() {
    properties.put("catalina.base", "/opt/tomcat");

    assertThat(read("services=by-context-path").service()).isEqualTo("tomcat");
    assertThat(read("services=by-context-path,service=own").service()).isEqualTo("own");
  }

  @Test
  void trustedProxies_unsetNoneAndSome() {
    assertThat(read("service=a").trustedProxies()).isNull();
    assertThat(read("trusted-proxies=none").trustedProxies()).isEmpty();
    // A mistake closes.
    assertThat(read("trusted-proxies=10.0.0.0/99").trustedProxies()).isEmpty();
    assertThat(read("trusted-proxies=10.0.0.0/8;::1").trustedProxies())
        .hasSize(2)
        .anyMatch(range -> range.contains("10.1.2.3"))
        .anyMatch(range -> range.contains("::1"));
  }

  @Test
  void advertisedPort_withAndWithoutBoundPort() {
    assertThat(read("advertised-port=443").advertisedPort())
        .isEqualTo(new Settings.AdvertisedPort(0, 443));
    assertThat(read("advertised-port=8080:30080").advertisedPort())
        .isEqualTo(new Settings.AdvertisedPort(8080, 30080));
  }

  @Test
  void joinFile_isReadAndTrimmed(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("join"), "em1.abc\n");

    assertThat(read("join-file=" + file).join()).isEqualTo("em1.abc");
    assertThat(read("join=em1.direct,join-file=" + file).join()).isEqualTo("em1.direct");
  }

  @Test
  void joinFile_missingOrEmpty_saysSo(@TempDir Path directory) throws IOException {
    Path missing = directory.resolve("missing");
    Path empty = Files.createFile(directory.resolve("empty"));

    assertThat(read("join-file=" + missing).problems())
        .singleElement()
        .asString()
        .startsWith("join-file: " + missing + " (expected: a readable file");
    assertThat(read("join-file=" + empty).problems())
        .singleElement()
        .asString()
        .contains("is empty");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/opt/order-service-1.2.3.jar --server.port=1 | order-service",
        "com.acme.OrderService                        | order-service",
        "shop/com.acme.Main arg                       | main",
        "HTTPProxy2                                   | http-proxy2",
        "C:\\apps\\Orders.jar                         | orders",
        "Try.java                                     | try",
        "com.acme.ÄÖ                                  | unnamed",
      })
  void service_notGiven_isNamedAfterJarOrMainClass(String command, String service) {
    properties.put("sun.java.command", command);

    assertThat(read(null).service()).isEqualTo(service);
  }

  @Test
  void service_ofSpringApplication_isItsName() {
    properties.put("sun.java.command", "org.springframework.boot.loader.launch.JarLauncher");
    environment.put("SPRING_APPLICATION_NAME", "Orders App");

    assertThat(read(null).service()).isEqualTo("orders-app");
  }

  @Test
  void read_locality_isSaidByLabelsOfKubernetesAndIstio() {
    assertThat(read("locality=eu/eu-1/rack-7,labels=version:v1").labels())
        .isEqualTo(
            Map.of(
                "version", "v1",
                "topology.kubernetes.io/region", "eu",
                "topology.kubernetes.io/zone", "eu-1",
                "topology.istio.io/subzone", "rack-7"));
  }

  @Test
  void read_noLocality_isWhatOpenTelemetryKnows() {
    environment.put(
        "OTEL_RESOURCE_ATTRIBUTES",
        "service.name=x,cloud.region=eu,cloud.availability_zone=eu-1,cloud.account.id=7");
    assertThat(Locality.of(read(null).labels())).isEqualTo(new Locality("eu", "eu-1", ""));
    assertThat(Locality.of(read("locality=us").labels())).isEqualTo(new Locality("us", "", ""));
    assertThat(Locality.of(read("labels=topology.kubernetes.io/region:asia").labels()))
        .isEqualTo(new Locality("asia", "", ""));
  }
}
