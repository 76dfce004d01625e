package io.endomesh.controller.access;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import io.endomesh.controller.console.ApiErrors;
import org.jspecify.annotations.Nullable;

/** The routes of a login by a provider, which are there whether there is one or not. */
@Blocking
final class OidcService {

  static final String LOGIN_PATH = "/oidc/login";

  static final String CALLBACK_PATH = "/oidc/callback";

  private final @Nullable OidcLogin login;

  /**
   * @param login null: there is no provider
   */
  OidcService(@Nullable OidcLogin login) {
    this.login = login;
  }

  /** What the page of the login shows. */
  @Get("/oidc/provider")
  public HttpResponse ways() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.set("provider", login == null ? null : login.shown());
    return Bodies.answer(HttpStatus.OK, answer);
  }

  @Get(LOGIN_PATH)
  public HttpResponse begin(ServiceRequestContext context) {
    return login == null ? none() : login.begin(context);
  }

  @Get(CALLBACK_PATH)
  public HttpResponse callback(ServiceRequestContext context, HttpRequest request) {
    return login == null ? none() : login.callback(context, request.headers());
  }

  private static HttpResponse none() {
    return ApiErrors.notFound("this controller was started without --oidc-issuer");
  }
}
