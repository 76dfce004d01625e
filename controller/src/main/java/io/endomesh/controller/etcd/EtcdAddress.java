package io.endomesh.controller.etcd;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where etcd is, and how to trust it. Immutable.
 *
 * @param members each {@code host:port}
 * @param prefix that all keys begin with, without slashes around it
 * @param authorities PEM file of those that etcd is trusted by; null: plaintext
 * @param certificate PEM file of the controller's own, with its chain; null: none is shown
 * @param key PEM file (PKCS #8) of that certificate
 */
public record EtcdAddress(
    List<String> members,
    String prefix,
    @Nullable Path authorities,
    @Nullable Path certificate,
    @Nullable Path key) {

  public static final String SCHEME = "etcd://";

  private static final String DEFAULT_PORT = ":2379";

  private static final String DEFAULT_PREFIX = "endomesh";

  private static final String EXPECTED = " (expected: etcd://HOST[:PORT][,HOST[:PORT]…][/PREFIX])";

  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*");

  /** By its name or number: what a name server says of others is nobody's promise. */
  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127\\.[0-9]+\\.[0-9]+\\.[0-9]+|\\[::1\\]):[0-9]+");

  public EtcdAddress {
    members = List.copyOf(members);
  }

  /**
   * @throws IllegalArgumentException with a sentence
   */
  public static EtcdAddress parse(
      String given, @Nullable Path authorities, @Nullable Path certificate, @Nullable Path key) {
    // Who writes a password there must not find it in a log.
    String text = given.replaceAll("//[^/@]*@", "//…@");
    if (!text.startsWith(SCHEME)) {
      throw new IllegalArgumentException("store: '" + text + "'" + EXPECTED);
    }
    String rest = text.substring(SCHEME.length());
    int slash = rest.indexOf('/');
    String prefix = slash < 0 ? DEFAULT_PREFIX : rest.substring(slash + 1).replaceAll("/$", "");
    List<String> members = new ArrayList<>();
    for (String member : (slash < 0 ? rest : rest.substring(0, slash)).split(",", -1)) {
      members.add(member(text, member));
    }
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException("store: '" + text + "'" + EXPECTED);
    }
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException(
          "etcd-cert, etcd-key: one without the other (expected: both, or none)");
    }
    if (certificate != null && authorities == null) {
      throw new IllegalArgumentException("etcd-cert: without --etcd-ca (expected: both)");
    }
    if (authorities == null && !members.stream().allMatch(m -> LOOPBACK.matcher(m).matches())) {
      throw new IllegalArgumentException(
          "store: '"
              + text
              + "': plaintext beyond this machine (expected: --etcd-ca FILE, and --etcd-cert and"
              + " --etcd-key where etcd asks for a certificate)");
    }
    return new EtcdAddress(members, prefix, authorities, certificate, key);
  }

  private static String member(String text, String member) {
    String full = member.matches(".*:[0-9]+") ? member : member + DEFAULT_PORT;
    try {
      URI uri = new URI(SCHEME + full);
      if (uri.getHost() != null && uri.getPort() > 0 && uri.getUserInfo() == null) {
        return full;
      }
    } catch (URISyntaxException e) {
      // Told below, as what is well-formed and no host is.
    }
    throw new IllegalArgumentException(
        "store: '" + text + "': '" + member.replaceAll("^.*@", "…@") + "'" + EXPECTED);
  }

  /** As it is given, without what nobody said. */
  @Override
  public String toString() {
    return SCHEME + String.join(",", members) + "/" + prefix;
  }
}
