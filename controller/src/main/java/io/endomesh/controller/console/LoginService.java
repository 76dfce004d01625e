package io.endomesh.controller.console;

import com.linecorp.armeria.common.Cookie;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.Optional;

/** Turns a login link into a session, and ends sessions. Thread-safe. */
final class LoginService {

  static final String PATH = "/login";

  static final String TICKET = "ticket";

  private static final String REFUSED_PAGE =
      """
      <!doctype html>
      <html lang="en"><meta charset="utf-8"><title>Endomesh: login</title>
      <h1>This login link does not work any more</h1>
      <p>A link is good for one login, for ten minutes. Make a new one on the controller's machine:</p>
      <pre>endomesh dashboard</pre>
      </html>
      """;

  private final Logins logins;

  LoginService(Logins logins) {
    this.logins = logins;
  }

  HttpResponse login(ServiceRequestContext context) {
    String ticket = context.queryParam(TICKET);
    Optional<String> session = ticket == null ? Optional.empty() : logins.redeem(ticket);
    if (session.isEmpty()) {
      return HttpResponse.of(
          headers(HttpStatus.UNAUTHORIZED).toBuilder().contentType(MediaType.HTML_UTF_8).build(),
          HttpData.ofUtf8(REFUSED_PAGE));
    }
    return HttpResponse.of(
        headers(HttpStatus.SEE_OTHER).toBuilder()
            .set(HttpHeaderNames.LOCATION, "/")
            .cookies(cookie(context, session.get(), Logins.SESSION_TTL.toSeconds()))
            .build());
  }

  HttpResponse logout(ServiceRequestContext context, RequestHeaders request) {
    String session = Access.session(request);
    if (session != null) {
      logins.end(session);
    }
    return HttpResponse.of(
        headers(HttpStatus.NO_CONTENT).toBuilder().cookies(cookie(context, "", 0)).build());
  }

  private static Cookie cookie(ServiceRequestContext context, String value, long maxAgeSeconds) {
    return Cookie.secureBuilder(Access.SESSION_COOKIE, value)
        .path("/")
        .maxAge(maxAgeSeconds)
        .httpOnly(true)
        .sameSite("Lax")
        // A browser does not keep a secure cookie that came in plaintext, as it does on loopback.
        .secure(context.sessionProtocol().isTls())
        .build();
  }

  private static ResponseHeaders headers(HttpStatus status) {
    return ConsoleFiles.secured(
        ResponseHeaders.of(status, HttpHeaderNames.CACHE_CONTROL, "no-store"));
  }
}
