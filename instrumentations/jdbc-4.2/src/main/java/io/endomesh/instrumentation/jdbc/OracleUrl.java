package io.endomesh.instrumentation.jdbc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * URLs of Oracle's thin driver that name one server ("JDBC Developer's Guide", "Database URLs and
 * Database Specifiers"): {@code @//host:port/service}, {@code @tcps://host:port/service}, {@code
 * @host:port/service}, {@code @host:port:sid}, and a description as {@code tnsnames.ora} has it with
 * one address. An alias of {@code tnsnames.ora} or of a directory names none. Stateless.
 */
final class OracleUrl {

  static final String START = "jdbc:oracle:thin:";

  static final String SYSTEM = "oracle.db";

  /** User and password may stand before the {@code @}; quoted, they may hold one. */
  private static final String LOGIN = START + "(?:[^@\"]|\"[^\"]*\")*@\\s*";

  private static final Pattern EASY =
      Pattern.compile(
          LOGIN + "((?:(?:tcps?:)?//)?)" + JdbcUrl.HOST + "(?::(\\d{1,5}))?([/:?].*)?",
          Pattern.DOTALL);

  /** {@code /service:mode/instance?…} or {@code :sid}. */
  private static final Pattern DATABASE = Pattern.compile("[/:]([^/:?]+).*", Pattern.DOTALL);

  private static final Pattern DESCRIPTION =
      Pattern.compile("(" + LOGIN + ")(\\(.*)", Pattern.DOTALL);

  private static final Pattern ADDRESS_HOST = value("HOST", "[^()\\s]+");
  private static final Pattern ADDRESS_PORT = value("PORT", "\\d{1,5}");
  private static final Pattern ADDRESS_DATABASE = value("(?:SERVICE_NAME|SID)", "[^()\\s]+");

  private static final String ADDRESS_PORT_SIGN = ")(PORT=";

  private OracleUrl() {}

  private static Pattern value(String name, String value) {
    return Pattern.compile(
        "\\(\\s*" + name + "\\s*=\\s*(" + value + ")\\s*\\)", Pattern.CASE_INSENSITIVE);
  }

  static @Nullable JdbcUrl parse(String url) {
    Matcher description = DESCRIPTION.matcher(url);
    return description.matches()
        ? described(description.group(1), description.group(2))
        : easy(url);
  }

  private static @Nullable JdbcUrl easy(String url) {
    Matcher matcher = EASY.matcher(url);
    if (!matcher.matches()) {
      return null;
    }
    String rest = matcher.group(4) == null ? "" : matcher.group(4);
    int port = JdbcUrl.port(matcher.group(3));
    boolean alias = matcher.group(1).isEmpty() && port == 0 && !rest.startsWith("/");
    if (alias || (port == 0 && rest.startsWith(":"))) {
      return null;
    }
    Matcher database = DATABASE.matcher(rest);
    return new JdbcUrl(
        SYSTEM,
        url.substring(0, matcher.start(2)),
        matcher.group(2),
        JdbcUrl.COLON,
        port,
        rest,
        database.matches() ? database.group(1) : null);
  }

  /** The port is put behind the host, if it stood elsewhere: their order means nothing. */
  private static @Nullable JdbcUrl described(String login, String description) {
    Matcher port = ADDRESS_PORT.matcher(description);
    int number = 0;
    String withoutPort = description;
    if (port.find()) {
      number = JdbcUrl.port(port.group(1));
      withoutPort = description.substring(0, port.start()) + description.substring(port.end());
    }
    Matcher host = ADDRESS_HOST.matcher(withoutPort);
    if (!host.find()) {
      return null;
    }
    String prefix = withoutPort.substring(0, host.start(1));
    String rest = withoutPort.substring(host.end(1));
    if (host.find() || ADDRESS_PORT.matcher(withoutPort).find()) {
      return null; // Several addresses.
    }
    Matcher database = ADDRESS_DATABASE.matcher(description);
    return new JdbcUrl(
        SYSTEM,
        login + prefix,
        withoutPort.substring(prefix.length(), withoutPort.length() - rest.length()),
        ADDRESS_PORT_SIGN,
        number,
        rest,
        database.find() ? database.group(1) : null);
  }
}
