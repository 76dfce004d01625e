package io.endomesh.contracts.okhttp.library;

import java.util.ArrayList;
import java.util.List;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;

/** Keeps all cookies, and never two of one name. */
final class Cookies implements CookieJar {

  private final List<Cookie> kept = new ArrayList<>();

  @Override
  public synchronized void saveFromResponse(HttpUrl url, List<Cookie> cookies) {
    for (Cookie cookie : cookies) {
      kept.removeIf(each -> each.name().equals(cookie.name()));
      kept.add(cookie);
    }
  }

  @Override
  public synchronized List<Cookie> loadForRequest(HttpUrl url) {
    return kept.stream().filter(cookie -> cookie.matches(url)).toList();
  }
}
