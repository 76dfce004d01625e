package io.endomesh.controller.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.store.StoreException;

/** Bodies of requests and answers of this package. Stateless. */
final class Bodies {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Bodies() {}

  /** What is no JSON has no members: the field that is missing is named then. */
  static JsonNode read(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  static HttpResponse answer(HttpStatus status, ContainerNode<?> body) {
    return HttpResponse.of(status, MediaType.JSON_UTF_8, body.toString());
  }

  static HttpResponse full(StoreException e) {
    return ApiErrors.unavailable(e);
  }

  static HttpResponse conflict(Users.Refused e) {
    return ApiErrors.response(HttpStatus.CONFLICT, "conflict", String.valueOf(e.getMessage()));
  }
}
