package io.endomesh.controller.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.Kind;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.StoreException;
import org.jspecify.annotations.Nullable;

/** Answers of the REST API, errors in the shape docs/api.md has. Stateless. */
final class ApiAnswers {

  private ApiAnswers() {}

  static HttpResponse ok(ObjectNode body) {
    return json(HttpStatus.OK, body);
  }

  static HttpResponse unknownKind(String plural) {
    return error(
        HttpStatus.NOT_FOUND,
        "not-found",
        "kind: '" + plural + "' (expected: one of " + String.join(", ", Kind.plurals()) + ")",
        null,
        null);
  }

  static HttpResponse notFound(ResourceKey key) {
    return error(HttpStatus.NOT_FOUND, "not-found", key + " does not exist", null, key.toString());
  }

  static HttpResponse invalid(InvalidResourceException e) {
    return error(
        HttpStatus.BAD_REQUEST, "invalid", String.valueOf(e.getMessage()), e.field(), e.resource());
  }

  static HttpResponse invalid(ResourceKey key, String message) {
    return error(HttpStatus.BAD_REQUEST, "invalid", message, null, key.toString());
  }

  /** Of what is no resource. */
  static HttpResponse invalid(String message) {
    return error(HttpStatus.BAD_REQUEST, "invalid", message, null, null);
  }

  static HttpResponse notFound(String message) {
    return error(HttpStatus.NOT_FOUND, "not-found", message, null, null);
  }

  static HttpResponse conflict(String message) {
    return error(HttpStatus.CONFLICT, "conflict", message, null, null);
  }

  /**
   * @param conditional whether the request named the revision in If-Match (RFC 9110, 13.1.1)
   */
  static HttpResponse refused(StoreException e, boolean conditional) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof StoreException.Unavailable away && away.isPassing()) {
      return error(HttpStatus.SERVICE_UNAVAILABLE, "unavailable", message, null, null);
    }
    if (e instanceof StoreException.Unavailable) {
      return error(HttpStatus.INSUFFICIENT_STORAGE, "internal", message, null, null);
    }
    return conditional
        ? error(HttpStatus.PRECONDITION_FAILED, "precondition-failed", message, null, null)
        : error(HttpStatus.CONFLICT, "conflict", message, null, null);
  }

  private static HttpResponse error(
      HttpStatus status,
      String code,
      String message,
      @Nullable String field,
      @Nullable String resource) {
    ObjectNode answer = ResourceJson.JSON.createObjectNode();
    ObjectNode error = answer.putObject("error").put("code", code).put("message", message);
    if (field != null) {
      error.put("field", field);
    }
    if (resource != null) {
      error.put("resource", resource);
    }
    return json(status, answer);
  }

  private static HttpResponse json(HttpStatus status, ObjectNode body) {
    return HttpResponse.of(status, MediaType.JSON_UTF_8, body.toString());
  }
}
