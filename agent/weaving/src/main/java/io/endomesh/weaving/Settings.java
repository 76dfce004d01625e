package io.endomesh.weaving;

import io.endomesh.dataplane.authorize.AddressRange;
import io.endomesh.dataplane.cluster.Locality;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the user told the agent; {@code docs/settings.md} is the reference. Immutable.
 *
 * <p>A value that makes no sense never stops anything: it becomes a sentence in {@link #problems},
 * and the default is used. Read in {@code premain}, so it uses neither {@code java.nio.file} nor
 * regular expressions.
 */
public final class Settings {

  /** Something that knows values by name: system properties, environment variables. */
  @FunctionalInterface
  public interface Variables {
    /** Null if there is none of this name. */
    @Nullable String value(String name);
  }

  /** The port others connect to, where something stands in front. {@code bound} 0: the primary. */
  public record AdvertisedPort(int bound, int advertised) {}

  /** A DNS label: names become host names. RFC 1123. */
  private static final int MAX_LABEL_LENGTH = 63;

  /** Long enough for a controller that is restarting; the app waits at most this, and only once. */
  private static final Duration MAX_DISCOVERY_TIMEOUT = Duration.ofMinutes(1);

  /** As proxies have it for connections of any kind; renewals are half a day apart. */
  private static final Duration DEFAULT_MAX_CONNECTION_AGE = Duration.ofHours(1);

  /** A container is killed ten seconds after it was told to stop, by Docker's default. */
  private static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(5);

  /** Longer than any supervisor waits by default. */
  private static final Duration MAX_DRAIN_TIMEOUT = Duration.ofMinutes(10);

  private static final Set<String> NAMES =
      Set.of(
          "join",
          "join-file",
          "service",
          "services",
          "namespace",
          "labels",
          "locality",
          "address",
          "advertised-port",
          "trusted-proxies",
          "state-dir",
          "enabled",
          "aot_training",
          "discovery-timeout",
          "until-configured",
          "key",
          "keep-credentials",
          "identity",
          "spiffe-endpoint-socket",
          "max-connection-age-after-renewal",
          "drain-timeout",
          "log-level",
          "access-log",
          "access-log.sampling",
          "telemetry.enabled",
          "telemetry.sampling",
          "telemetry.traces-per-second",
          "telemetry.propagation");

  private final List<String> problems = new ArrayList<>();
  private final SettingSource source;
  private final @Nullable String join;
  private final @Nullable ServiceNames services;
  private final String service;
  private final String namespace;
  private final Map<String, String> labels;
  private final @Nullable String address;
  private final @Nullable AdvertisedPort advertisedPort;
  private final @Nullable List<AddressRange> trustedProxies;
  private final File stateDir;
  private final Duration discoveryTimeout;
  private final boolean refusesUntilConfigured;
  private final boolean ed25519Key;
  private final boolean keepsCredentials;
  private final boolean spiffeWorkloadApi;
  private final @Nullable Duration maxConnectionAge;
  private final Duration drainTimeout;
  private final AgentLog.Level logLevel;
  private final boolean telemetryEnabled;
  private final double accessLogSampling;

  private Settings(@Nullable String agentArgument, Variables property, Variables environment) {
    source = SettingSource.of(agentArgument, property, environment, problems);
    rejectUnknownArguments();
    join = readJoin();
    services = ServiceNames.read(source, problems);
    service = readService(property);
    namespace = readName("namespace", "default");
    labels = withLocality(readLabels());
    address = readAddress();
    advertisedPort = readAdvertisedPort();
    trustedProxies = readTrustedProxies();
    String home = property.value("user.home");
    stateDir = new File(readText("state-dir", (home == null ? "." : home) + "/.endomesh/agent"));
    discoveryTimeout = readDiscoveryTimeout(Duration.ofSeconds(1));
    refusesUntilConfigured = readRefusesUntilConfigured();
    ed25519Key = readEd25519Key();
    keepsCredentials = readKeepsCredentials();
    spiffeWorkloadApi = readSpiffeWorkloadApi();
    maxConnectionAge = readMaxConnectionAge();
    drainTimeout = readDrainTimeout();
    logLevel = readLogLevel();
    telemetryEnabled = readBoolean("telemetry.enabled", true);
    accessLogSampling = readAccessLogSampling();
  }

  /** Of this JVM. */
  public static Settings read(@Nullable String agentArgument) {
    return read(agentArgument, System::getProperty, System::getenv);
  }

  /** From sources of the caller's choice, for tests. */
  public static Settings read(
      @Nullable String agentArgument, Variables property, Variables environment) {
    return new Settings(agentArgument, property, environment);
  }

  /** What was wrong with the settings, in sentences for the log. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /** How to join the mesh. Null: the agent does nothing at all. A secret: never log it. */
  public @Nullable String join() {
    return join;
  }

  public String service() {
    return service;
  }

  /** Which services its web applications are; null if they are all this one. */
  public @Nullable ServiceNames services() {
    return services;
  }

  public String namespace() {
    return namespace;
  }

  /** With those that say where the workload runs, see {@link Locality}. */
  public Map<String, String> labels() {
    return labels;
  }

  /** IP address at which others reach this workload; null: the one the controller sees. */
  public @Nullable String address() {
    return address;
  }

  /** Addresses of proxies that are believed without an identity; null if it is not said. */
  public @Nullable List<AddressRange> trustedProxies() {
    return trustedProxies;
  }

  public @Nullable AdvertisedPort advertisedPort() {
    return advertisedPort;
  }

  /** Where certificate and last known good configuration are kept. */
  public File stateDir() {
    return stateDir;
  }

  /** How long a first call to a host may wait for the controller's answer. */
  public Duration discoveryTimeout() {
    return discoveryTimeout;
  }

  /** True if servers refuse every call until they know their rules. */
  public boolean refusesUntilConfigured() {
    return refusesUntilConfigured;
  }

  /** True if the workload's key is to be Ed25519, false for P-256. */
  public boolean ed25519Key() {
    return ed25519Key;
  }

  /** False if the workload's key is to be in memory only. */
  public boolean keepsCredentials() {
    return keepsCredentials;
  }

  /** True if another than the controller says who this workload is, through a socket. */
  public boolean spiffeWorkloadApi() {
    return spiffeWorkloadApi;
  }

  /** Where that socket is; empty if it is not said. */
  public String spiffeEndpointSocket() {
    SettingSource.Found found = source.find("spiffe-endpoint-socket");
    if (found != null) {
      return found.value();
    }
    String standard = source.foreign("spiffe.endpoint.socket", "SPIFFE_ENDPOINT_SOCKET");
    return standard == null ? "" : standard;
  }

  /**
   * How long after a renewal connections to this workload's servers go on that began with the
   * certificate before; null if as long as they like.
   */
  public @Nullable Duration maxConnectionAgeAfterRenewal() {
    return maxConnectionAge;
  }

  /**
   * How long a JVM that is told to stop waits for the calls that it serves, before its application
   * hears of it; zero if it is not to wait.
   */
  public Duration drainTimeout() {
    return drainTimeout;
  }

  public AgentLog.Level logLevel() {
    return logLevel;
  }

  public boolean telemetryEnabled() {
    return telemetryEnabled;
  }

  /** Where records of calls are written: {@code stdout} or a file; null if nowhere. */
  public @Nullable String accessLog() {
    String place = asWritten("access-log");
    return place == null || place.equals("off") ? null : place;
  }

  /** Share of calls that are written there. */
  public double accessLogSampling() {
    return accessLogSampling;
  }

  private double readAccessLogSampling() {
    String text = asWritten("access-log.sampling");
    if (text == null) {
      return 1;
    }
    try {
      double share = Double.parseDouble(text);
      if (share > 0 && share <= 1) {
        return share;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    problems.add(
        "access-log.sampling: '" + text + "' (expected: above 0, to 1); all calls are written");
    return 1;
  }

  /** Share of traces that are recorded, as the user wrote it; telemetry checks it. */
  public @Nullable String telemetrySampling() {
    return asWritten("telemetry.sampling");
  }

  /** Traces that may begin here in a second, as the user wrote it; telemetry checks it. */
  public @Nullable String telemetryTracesPerSecond() {
    return asWritten("telemetry.traces-per-second");
  }

  /** In which ways traces are told, as the user wrote it; telemetry checks it. */
  public @Nullable String telemetryPropagation() {
    return asWritten("telemetry.propagation");
  }

  private @Nullable String asWritten(String name) {
    SettingSource.Found found = source.find(name);
    return found == null ? null : found.value();
  }

  /** The switch {@code instrumentation.NAME.enabled}. */
  public boolean instrumentationEnabled(String name) {
    SettingSource.Found found = source.find("instrumentation." + name + ".enabled");
    return found == null || !found.value().equalsIgnoreCase("false");
  }

  private void rejectUnknownArguments() {
    for (String name : source.argumentNames()) {
      boolean isSwitch = name.startsWith("instrumentation.") && name.endsWith(".enabled");
      if (isSwitch) {
        readBoolean(name, true);
      } else if (!NAMES.contains(name)) {
        List<String> known = new ArrayList<>(NAMES);
        known.sort(null);
        problems.add(
            "agent argument: "
                + name
                + " (expected: one of "
                + String.join(", ", known)
                + ", instrumentation.NAME.enabled); it is left out");
      }
    }
  }

  private @Nullable String readJoin() {
    SettingSource.Found text = source.find("join");
    if (text != null) {
      return text.value();
    }
    SettingSource.Found file = source.find("join-file");
    if (file == null) {
      return null;
    }
    try (InputStream in = new FileInputStream(file.value())) {
      String content = new String(in.readAllBytes(), StandardCharsets.UTF_8).trim();
      if (!content.isEmpty()) {
        return content;
      }
      problems.add(
          file.name()
              + ": "
              + file.value()
              + " is empty (expected: a join string); the application runs without the mesh");
    } catch (IOException e) {
      problems.add(
          file.name()
              + ": "
              + file.value()
              + " (expected: a readable file with a join string); the application runs without"
              + " the mesh: "
              + e.getMessage());
    }
    return null;
  }

  private String readName(String name, String defaultValue) {
    SettingSource.Found found = source.find(name);
    if (found == null) {
      return defaultValue;
    }
    if (isLabel(found.value())) {
      return found.value();
    }
    problems.add(
        problem(
            found,
            "1 to 63 lower-case letters, digits and hyphens, as in a host name",
            defaultValue));
    return defaultValue;
  }

  /** Files are only read for a name if none is given. */
  private String readService(Variables property) {
    SettingSource.Found found = source.find("service");
    return found != null && isLabel(found.value())
        ? found.value()
        : readName("service", defaultService(property));
  }

  private String readText(String name, String defaultValue) {
    SettingSource.Found found = source.find(name);
    return found == null ? defaultValue : found.value();
  }

  /** {@code k:v;k:v}, or {@code k=v,k=v} where the comma does not end the setting. */
  private Map<String, String> readLabels() {
    SettingSource.Found found = source.find("labels");
    if (found == null) {
      return Map.of();
    }
    Map<String, String> result = new LinkedHashMap<>();
    for (String part : SettingSource.split(found.value(), ";,")) {
      int separator = indexOfEither(part, ':', '=');
      String key = separator < 0 ? "" : part.substring(0, separator).trim();
      String value = separator < 0 ? "" : part.substring(separator + 1).trim();
      if (isLabelText(key) && isLabelText(value)) {
        result.put(key, value);
      } else {
        problems.add(
            found.name()
                + ": "
                + part
                + " (expected: key:value;key:value of letters, digits and -_./);"
                + " this label is left out");
      }
    }
    return Map.copyOf(result);
  }

  /** A locality is said by labels; those that the user wrote out count if there is no setting. */
  private Map<String, String> withLocality(Map<String, String> given) {
    Map<String, String> result = new LinkedHashMap<>(given);
    Map<String, String> locality = LocalitySetting.read(source, problems).labels();
    if (source.find("locality") == null && given.containsKey(Locality.REGION_LABEL)) {
      return given;
    }
    result.putAll(locality);
    return Map.copyOf(result);
  }

  /** Only the form is checked: resolving a name could block. */
  private @Nullable String readAddress() {
    SettingSource.Found found = source.find("address");
    if (found == null) {
      return null;
    }
    if (isAddress(found.value())) {
      return found.value();
    }
    problems.add(problem(found, "an IP address", "the address the controller sees"));
    return null;
  }

  /** Null if it is not said: then nobody knows where proxies are. */
  private @Nullable List<AddressRange> readTrustedProxies() {
    SettingSource.Found found = source.find("trusted-proxies");
    if (found == null) {
      return null;
    }
    List<AddressRange> ranges = new ArrayList<>();
    if (found.value().equalsIgnoreCase("none")) {
      return ranges;
    }
    try {
      for (String text : found.value().split("[;,]")) {
        ranges.add(AddressRange.parse(text.trim()));
      }
      return ranges;
    } catch (IllegalArgumentException e) {
      // What was meant to be closed does not become open by a slip of the finger.
      problems.add(problem(found, "ranges as 10.0.0.0/8;192.0.2.1, or none", "none"));
      return List.of();
    }
  }

  private @Nullable AdvertisedPort readAdvertisedPort() {
    SettingSource.Found found = source.find("advertised-port");
    if (found == null) {
      return null;
    }
    int colon = found.value().indexOf(':');
    int bound = colon < 0 ? 0 : port(found.value().substring(0, colon));
    int advertised = port(found.value().substring(colon + 1));
    if (bound >= 0 && advertised > 0 && (colon < 0 || bound > 0)) {
      return new AdvertisedPort(bound, advertised);
    }
    problems.add(problem(found, "PORT or BOUND:ADVERTISED, each 1 to 65535", "the bound port"));
    return null;
  }

  private Duration readDiscoveryTimeout(Duration defaultValue) {
    SettingSource.Found found = source.find("discovery-timeout");
    if (found == null) {
      return defaultValue;
    }
    Duration value = duration(found.value());
    if (value != null && value.compareTo(MAX_DISCOVERY_TIMEOUT) <= 0) {
      return value;
    }
    problems.add(problem(found, "a time as in 500ms or 2s, at most 60s", "1s"));
    return defaultValue;
  }

  /** A word that there is not keeps calls out, as the one for which somebody sets it. */
  private boolean readRefusesUntilConfigured() {
    SettingSource.Found found = source.find("until-configured");
    if (found == null || found.value().equals("serve")) {
      return false;
    }
    if (!found.value().equals("refuse")) {
      problems.add(problem(found, "serve or refuse", "refuse"));
    }
    return true;
  }

  private boolean readEd25519Key() {
    SettingSource.Found found = source.find("key");
    if (found == null || found.value().equals("ec")) {
      return false;
    }
    if (!found.value().equals("ed25519")) {
      problems.add(problem(found, "ec or ed25519", "ec"));
      return false;
    }
    return true;
  }

  /** A word that there is not keeps no key, as the one for which somebody sets it. */
  private boolean readKeepsCredentials() {
    SettingSource.Found found = source.find("keep-credentials");
    if (found == null || found.value().equalsIgnoreCase("true")) {
      return true;
    }
    if (!found.value().equalsIgnoreCase("false")) {
      problems.add(problem(found, "true or false", "false"));
    }
    return false;
  }

  private boolean readSpiffeWorkloadApi() {
    SettingSource.Found found = source.find("identity");
    if (found == null || found.value().equals("controller")) {
      return false;
    }
    if (!found.value().equals("spiffe-workload-api")) {
      problems.add(problem(found, "controller or spiffe-workload-api", "controller"));
      return false;
    }
    return true;
  }

  private @Nullable Duration readMaxConnectionAge() {
    SettingSource.Found found = source.find("max-connection-age-after-renewal");
    if (found == null) {
      return DEFAULT_MAX_CONNECTION_AGE;
    }
    if (found.value().equals("off")) {
      return null;
    }
    Duration value = duration(found.value());
    if (value != null) {
      return value;
    }
    problems.add(problem(found, "a time as in 90s or 10m, or off", "60m"));
    return DEFAULT_MAX_CONNECTION_AGE;
  }

  private Duration readDrainTimeout() {
    SettingSource.Found found = source.find("drain-timeout");
    if (found == null) {
      return DEFAULT_DRAIN_TIMEOUT;
    }
    Duration value = duration(found.value());
    if (value != null && value.compareTo(MAX_DRAIN_TIMEOUT) <= 0) {
      return value;
    }
    problems.add(problem(found, "a time as in 500ms or 10s, 0s to wait for nothing", "5s"));
    return DEFAULT_DRAIN_TIMEOUT;
  }

  private AgentLog.Level readLogLevel() {
    SettingSource.Found found = source.find("log-level");
    AgentLog.Level level = found == null ? AgentLog.Level.INFO : AgentLog.Level.of(found.value());
    if (level != null) {
      return level;
    }
    problems.add(problem(found, "debug, info, warn, error or off", "info"));
    return AgentLog.Level.INFO;
  }

  private boolean readBoolean(String name, boolean defaultValue) {
    SettingSource.Found found = source.find(name);
    if (found == null || found.value().equalsIgnoreCase(Boolean.toString(defaultValue))) {
      return defaultValue;
    }
    if (found.value().equalsIgnoreCase(Boolean.toString(!defaultValue))) {
      return !defaultValue;
    }
    problems.add(problem(found, "true or false", Boolean.toString(defaultValue)));
    return defaultValue;
  }

  private static String problem(SettingSource.@Nullable Found found, String expected, String used) {
    String what = found == null ? "" : found.name() + ": " + found.value();
    return what + " (expected: " + expected + "); using " + used;
  }

  private String defaultService(Variables property) {
    if (services != null && property.value("catalina.base") != null) {
      // What is not of one of its applications is of the container itself.
      return "tomcat";
    }
    String application = new ApplicationName(source, property).find();
    if (application != null) {
      String name = ServiceName.kebabCase(application);
      if (!name.isEmpty()) {
        return name;
      }
    }
    return ServiceName.ofCommand(property.value("sun.java.command"));
  }

  static boolean isLabel(String text) {
    if (text.isEmpty() || text.length() > MAX_LABEL_LENGTH) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean hyphenInside = c == '-' && i > 0 && i < text.length() - 1;
      if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !hyphenInside) {
        return false;
      }
    }
    return true;
  }

  static boolean isLabelText(String text) {
    if (text.isEmpty()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!(c < 128 && Character.isLetterOrDigit(c)) && "-_./".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAddress(String text) {
    if (text.indexOf(':') >= 0) {
      return text.chars().allMatch(c -> c == ':' || c == '.' || Character.digit(c, 16) >= 0);
    }
    List<String> parts = SettingSource.split(text, ".");
    return parts.size() == 4
        && parts.stream().allMatch(part -> number(part, 255) >= 0)
        && String.join(".", parts).equals(text);
  }

  private static int port(String text) {
    int port = number(text.trim(), 65_535);
    return port > 0 ? port : -1;
  }

  /** -1 if it is none, or out of range. */
  private static int number(String text, int max) {
    if (text.isEmpty() || text.length() > 9) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value <= max ? value : -1;
  }

  private static @Nullable Duration duration(String text) {
    String digits = text;
    long unitMillis = 0;
    if (text.endsWith("ms")) {
      digits = text.substring(0, text.length() - 2);
      unitMillis = 1;
    } else if (text.endsWith("s")) {
      digits = text.substring(0, text.length() - 1);
      unitMillis = 1_000;
    } else if (text.endsWith("m")) {
      digits = text.substring(0, text.length() - 1);
      unitMillis = 60_000;
    }
    int count = number(digits.trim(), 999_999_999);
    return unitMillis == 0 || count < 0 ? null : Duration.ofMillis(count * unitMillis);
  }

  private static int indexOfEither(String text, char first, char second) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == first || text.charAt(i) == second) {
        return i;
      }
    }
    return -1;
  }
}
