package io.endomesh.controller.access;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** Where a login leads, made harmless. Stateless. */
final class LocalPath {

  static final String ROOT = "/";

  private static final int MAX_LENGTH = 1000;

  private LocalPath() {}

  /**
   * A page of the console to go to after a login: a link must not lead elsewhere then. What
   * browsers read as the name of a host ({@code //host}, {@code /\host}) is none.
   */
  static String of(@Nullable String asked) {
    if (asked == null
        || asked.length() > MAX_LENGTH
        || !asked.startsWith("/")
        || asked.startsWith("//")
        || asked.chars().anyMatch(c -> c <= ' ' || c > '~' || c == '\\')) {
      return ROOT;
    }
    try {
      URI uri = new URI(asked);
      boolean isPage =
          !uri.isAbsolute()
              && uri.getRawAuthority() == null
              && !uri.getRawPath().contains("//")
              && uri.normalize().equals(uri);
      return isPage && !isLogin(uri.getRawPath()) ? asked : ROOT;
    } catch (URISyntaxException e) {
      return ROOT;
    }
  }

  /** Who is logged in is not to be led into another login. */
  private static boolean isLogin(String path) {
    return path.equals(LoginService.LOGIN_PATH)
        || path.equals(LoginService.SETUP_PATH)
        || path.startsWith("/oidc/");
  }
}
