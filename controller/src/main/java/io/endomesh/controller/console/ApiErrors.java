package io.endomesh.controller.console;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;

/** Errors as docs/api.md has them. */
public final class ApiErrors {

  private ApiErrors() {}

  public static HttpResponse response(HttpStatus status, String code, String message) {
    ObjectNode error = JsonNodeFactory.instance.objectNode();
    error.putObject("error").put("code", code).put("message", message);
    return HttpResponse.of(status, MediaType.JSON_UTF_8, error.toString());
  }

  public static HttpResponse invalid(String message) {
    return response(HttpStatus.BAD_REQUEST, "invalid", message);
  }

  public static HttpResponse notFound(String message) {
    return response(HttpStatus.NOT_FOUND, "not-found", message);
  }
}
