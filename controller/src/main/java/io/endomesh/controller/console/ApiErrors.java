package io.endomesh.controller.console;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.store.StoreUnreadable;

/** Errors as docs/api.md has them. */
public final class ApiErrors {

  private ApiErrors() {}

  public static HttpResponse response(HttpStatus status, String code, String message) {
    return answer(status, error(code, message));
  }

  /**
   * @param field of the body that is wrong
   */
  public static HttpResponse field(HttpStatus status, String code, String field, String message) {
    return answer(status, error(code, message).put("field", field));
  }

  /** Nothing was kept: the disk takes nothing, or etcd is away and may come back. */
  public static HttpResponse unavailable(Exception e) {
    String message = String.valueOf(e.getMessage());
    return e instanceof StoreUnreadable
            || (e instanceof StoreException.Unavailable away && away.isPassing())
        ? response(HttpStatus.SERVICE_UNAVAILABLE, "unavailable", message)
        : response(HttpStatus.INSUFFICIENT_STORAGE, "internal", message);
  }

  public static HttpResponse invalid(String message) {
    return response(HttpStatus.BAD_REQUEST, "invalid", message);
  }

  private static ObjectNode error(String code, String message) {
    return JsonNodeFactory.instance.objectNode().put("code", code).put("message", message);
  }

  private static HttpResponse answer(HttpStatus status, ObjectNode error) {
    return HttpResponse.of(
        status,
        MediaType.JSON_UTF_8,
        JsonNodeFactory.instance.objectNode().set("error", error).toString());
  }

  public static HttpResponse notFound(String message) {
    return response(HttpStatus.NOT_FOUND, "not-found", message);
  }
}
