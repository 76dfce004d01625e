package io.endomesh.instrumentation.jdbc;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * URLs of Microsoft's driver ("Building the connection URL"): {@code
 * jdbc:sqlserver://host\\instance:port;name=value;…}, where host, instance and port may be
 * properties as well. The port of an instance is not asked for where an endpoint has one.
 * Stateless.
 */
final class SqlServerUrl {

  static final String START = "jdbc:sqlserver://";

  static final String SYSTEM = "microsoft.sql_server";

  private static final Pattern HEAD =
      Pattern.compile("([^:;\\\\]*)(?:\\\\[^:;]*)?(?::\\s*(\\d{0,5})\\s*)?");

  /** A name and its value, which may be in braces, a brace within doubled. */
  private static final Pattern PROPERTY =
      Pattern.compile(";\\s*([^=;{}]*?)\\s*=\\s*(\\{(?:[^}]|}})*}|[^;{]*?)\\s*(?=;|$)");

  private static final Pattern PLAIN_HOST = Pattern.compile("[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+");

  /** Names that mean the same, in lower case. */
  private static final Map<String, String> SYNONYMS =
      Map.of(
          "server", "servername",
          "port", "portnumber",
          "database", "databasename");

  private static final Set<String> WHERE = Set.of("servername", "portnumber", "instancename");

  /** A second server, to which the driver goes by itself. */
  private static final String PARTNER = "failoverpartner";

  private static final String INTENT = "applicationintent";
  private static final String READ_ONLY = "ReadOnly";

  /** With which name the certificate is compared, in place of the host's. */
  private static final String CERTIFICATE = "hostnameincertificate";

  private SqlServerUrl() {}

  private record Property(String name, String value, String text) {}

  static @Nullable JdbcUrl parse(String url) {
    int end = url.indexOf(';');
    String tail = end < 0 ? "" : url.substring(end);
    Matcher head = HEAD.matcher(url.substring(START.length(), end < 0 ? url.length() : end));
    List<Property> properties = properties(tail);
    if (!head.matches() || properties == null || !value(properties, PARTNER, "").isEmpty()) {
      return null;
    }
    // What is written later counts, as the driver has it.
    String host = value(properties, "servername", head.group(1).trim());
    String port = value(properties, "portnumber", head.group(2) == null ? "" : head.group(2));
    if (!PLAIN_HOST.matcher(host).matches() || !port.matches("\\d{0,5}")) {
      return null;
    }
    StringBuilder rest = new StringBuilder();
    for (Property property : properties) {
      if (!WHERE.contains(property.name())) {
        rest.append(property.text());
      }
    }
    String database = value(properties, "databasename", "");
    return new JdbcUrl(
        SYSTEM,
        START,
        host,
        JdbcUrl.COLON,
        JdbcUrl.port(port),
        rest.toString(),
        database.isEmpty() ? null : database);
  }

  /** Null if it is none that the driver would read. */
  private static @Nullable List<Property> properties(String tail) {
    List<Property> all = new ArrayList<>();
    Matcher matcher = PROPERTY.matcher(tail);
    int at = 0;
    while (at < tail.length()) {
      if (matcher.region(at, tail.length()).lookingAt()) {
        String name = matcher.group(1).toLowerCase(Locale.ROOT);
        all.add(
            new Property(
                SYNONYMS.getOrDefault(name, name), plain(matcher.group(2)), matcher.group()));
        at = matcher.end();
      } else if (tail.charAt(at) == ';' && tail.substring(at + 1).trim().matches("(;.*)?")) {
        at++; // Nothing between two of them, or at the end.
      } else {
        return tail.substring(at).isBlank() ? all : null;
      }
    }
    return all;
  }

  private static String plain(String value) {
    return value.startsWith("{")
        ? value.substring(1, value.length() - 1).replace("}}", "}")
        : value;
  }

  private static String value(List<Property> properties, String name, String otherwise) {
    String last = otherwise;
    for (Property property : properties) {
      last = property.name().equals(name) ? property.value() : last;
    }
    return last;
  }

  /**
   * True if properties that were given beside the URL say where to connect to: they go before it,
   * and it could not be led elsewhere.
   */
  static boolean overridden(@Nullable Properties given) {
    return given != null
        && given.stringPropertyNames().stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .map(name -> SYNONYMS.getOrDefault(name, name))
            .anyMatch(name -> WHERE.contains(name) || name.equals(PARTNER));
  }

  /** True if {@code applicationIntent} says so; the properties go before the URL. */
  static boolean readOnly(String rest, @Nullable Properties given) {
    List<Property> properties = properties(rest);
    String inUrl = properties == null ? "" : value(properties, INTENT, "");
    return READ_ONLY.equalsIgnoreCase(given(given, INTENT, inUrl));
  }

  private static String given(@Nullable Properties properties, String name, String otherwise) {
    if (properties != null) {
      for (String each : properties.stringPropertyNames()) {
        if (each.equalsIgnoreCase(name)) {
          return properties.getProperty(each, otherwise);
        }
      }
    }
    return otherwise;
  }

  /**
   * The driver compares the server's certificate with the host in the URL, which would be an
   * address: so the name that was written is given along, unless the application gives one. Its
   * reader of URLs takes an IPv6 address as a property only.
   */
  static String at(JdbcUrl url, InetSocketAddress address) {
    String rest = url.rest();
    List<Property> properties = properties(rest);
    if (properties == null || value(properties, CERTIFICATE, "").isEmpty()) {
      rest = ";hostNameInCertificate=" + url.host() + rest;
    }
    String ip = address.getAddress().getHostAddress();
    return address.getAddress() instanceof Inet6Address
        ? START + ";serverName=" + ip + ";portNumber=" + address.getPort() + rest
        : START + ip + ":" + address.getPort() + rest;
  }
}
