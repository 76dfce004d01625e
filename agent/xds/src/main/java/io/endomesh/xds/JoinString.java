package io.endomesh.xds;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Everything a workload needs to join a mesh, in one string. Immutable. Holds a secret: {@link
 * #toString} leaves it out.
 *
 * @param host of the controller
 * @param token proves that we may join; {@code file:PATH} if it is in a file of the workload's own;
 *     {@link #WORKLOAD_API} if there is none
 * @param rootFingerprint {@code sha256:<hex>} of the mesh's root certificate
 * @param trustDomain of the identity to ask for; earlier join strings do not say it
 */
public record JoinString(
    String host, int port, String token, String rootFingerprint, String trustDomain) {

  private static final String DEFAULT_TRUST_DOMAIN = "endomesh.local";

  private static final String PREFIX = "em1.";
  private static final String EXPECTED =
      " (expected: the whole string that `endomesh token create` or the console shows)";
  private static final Pattern FINGERPRINT = Pattern.compile("sha256:[0-9a-f]{64}");

  /** For the trust domain that is one's own unless told otherwise. */
  public JoinString(String host, int port, String token, String rootFingerprint) {
    this(host, port, token, rootFingerprint, DEFAULT_TRUST_DOMAIN);
  }

  /**
   * @throws IllegalArgumentException if it cannot be read; the message repeats none of it
   */
  public static JoinString parse(String text) {
    String stripped = text.strip();
    if (!stripped.startsWith(PREFIX)) {
      throw new IllegalArgumentException("join string: does not begin with " + PREFIX + EXPECTED);
    }
    byte[] json;
    try {
      json = Base64.getUrlDecoder().decode(stripped.substring(PREFIX.length()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "join string: cut short or damaged, what follows " + PREFIX + " is no base64" + EXPECTED,
          e);
    }
    Map<String, String> fields;
    try {
      fields = FlatJson.parse(new String(json, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "join string: cut short or damaged, " + e.getMessage() + EXPECTED, e);
    }
    String controller = field(fields, "controller");
    String fingerprint = field(fields, "ca");
    if (!FINGERPRINT.matcher(fingerprint).matches()) {
      throw new IllegalArgumentException(
          "join string: ca: "
              + shown(fingerprint)
              + " (expected: sha256: and 64 hexadecimal digits)");
    }
    int colon = controller.lastIndexOf(':');
    String host = colon < 1 ? "" : controller.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    return new JoinString(
        host,
        port(controller, colon),
        field(fields, "token"),
        fingerprint,
        fields.getOrDefault("trustDomain", DEFAULT_TRUST_DOMAIN));
  }

  /**
   * What to show now: one in a file is replaced from time to time, by whoever gave it out.
   *
   * @throws IOException that says what is wrong with the file
   */
  String secret() throws IOException {
    if (!token.startsWith(FILE)) {
      return token;
    }
    Path file = Path.of(token.substring(FILE.length()));
    try {
      if (Files.size(file) <= MAX_BYTES) {
        String secret = Files.readString(file).strip();
        if (!secret.isEmpty() && secret.chars().noneMatch(c -> c <= ' ' || c > '~')) {
          return secret;
        }
      }
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": absent (expected: a file that holds a token)", e);
    } catch (IOException e) {
      throw new IOException(file + ": cannot be read (expected: a file that holds a token)", e);
    }
    throw new IOException(file + ": holds no token (expected: one, and nothing else)");
  }

  private static final String FILE = "file:";

  /** In place of a token: another says who we are, see docs/joining.md. */
  private static final String WORKLOAD_API = "spiffe-workload-api";

  /** Whoever joins by it has the identity from the SPIFFE Workload API. */
  public boolean isWithoutToken() {
    return token.equals(WORKLOAD_API);
  }

  /** As much as a verifier reads. */
  private static final long MAX_BYTES = 16 * 1024;

  /** {@code host:port}, for messages. */
  public String controller() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  private static int port(String controller, int colon) {
    try {
      int port = colon < 1 ? -1 : Integer.parseInt(controller.substring(colon + 1));
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException notANumber) {
      // Falls through to the same sentence as a port out of range.
    }
    throw new IllegalArgumentException(
        "join string: controller: " + shown(controller) + " (expected: host:port)");
  }

  /** A token that stands in the wrong place is a secret all the same. */
  private static String shown(String value) {
    return value.contains(TOKEN) ? "a token" : value;
  }

  /** How a token of ours begins. */
  private static final String TOKEN = "emt_";

  private static String field(Map<String, String> fields, String name) {
    String value = fields.get(name);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException("join string: " + name + " is missing" + EXPECTED);
    }
    return value;
  }

  @Override
  public String toString() {
    return controller() + " with root " + rootFingerprint;
  }
}
