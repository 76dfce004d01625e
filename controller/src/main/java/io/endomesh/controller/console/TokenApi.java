package io.endomesh.controller.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Delete;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import io.endomesh.controller.access.Access;
import io.endomesh.controller.access.Right;
import io.endomesh.controller.ca.CertificateAuthority;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.tokens.JoinString;
import io.endomesh.controller.tokens.JoinToken;
import io.endomesh.controller.tokens.JoinTokens;
import io.endomesh.controller.tokens.TokenLabels;
import java.time.Duration;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Makes, lists and revokes join tokens, as docs/api.md has it. Thread-safe. */
@Blocking
final class TokenApi {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A day: long enough to start the services of a team, short enough to forget about. */
  private static final Duration DEFAULT_TTL = Duration.ofHours(24);

  private final JoinTokens tokens;
  private final Supplier<String> address;
  private final CertificateAuthority authority;

  /**
   * @param address at which workloads reach the controller
   */
  TokenApi(JoinTokens tokens, Supplier<String> address, CertificateAuthority authority) {
    this.tokens = tokens;
    this.address = address;
    this.authority = authority;
  }

  @Get("/tokens")
  public HttpResponse list() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    var list = answer.putArray("tokens");
    for (JoinToken token : tokens.list()) {
      list.add(
          json(token)
              .put("createdAt", token.createdAt().toString())
              .put(
                  "lastUsedAt", token.lastUsedAt() == null ? null : token.lastUsedAt().toString()));
    }
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, answer.toString());
  }

  @Post("/tokens")
  public HttpResponse create(ServiceRequestContext context, String body) {
    try {
      JsonNode asked = JSON.readTree(body);
      HttpResponse refusal =
          Access.refusal(context, Right.JOIN_TOKENS, asked.path("namespace").asText(""));
      if (refusal != null) {
        return refusal;
      }
      if (asked.path("spiffe").asBoolean(false)) {
        return withoutToken(JoinString.WORKLOAD_API);
      }
      if (asked.has("file")) {
        return byFile(asked.path("file").asText());
      }
      JoinTokens.Created created =
          tokens.create(
              Access.actor(context),
              asked.path("namespace").asText(""),
              asked.path("service").asText(JoinToken.ANY),
              TokenLabels.parse(asked.path("labels")),
              Duration.ofSeconds(asked.path("ttlSeconds").asLong(DEFAULT_TTL.toSeconds())),
              uses(asked.path("uses")));
      ObjectNode answer =
          json(created.token())
              .put("token", created.secret())
              .put(
                  "joinString",
                  new JoinString(
                          address.get(),
                          created.secret(),
                          authority.fingerprint(),
                          authority.trustDomain())
                      .encoded());
      return HttpResponse.of(HttpStatus.CREATED, MediaType.JSON_UTF_8, answer.toString());
    } catch (JsonProcessingException e) {
      return ApiErrors.invalid(
          "body: no JSON (expected: {\"namespace\":…,\"service\":…,\"labels\":{…},"
              + "\"uses\":…,\"ttlSeconds\":…})");
    } catch (IllegalArgumentException e) {
      return ApiErrors.invalid(String.valueOf(e.getMessage()));
    } catch (StoreException e) {
      return full(e);
    }
  }

  /** Nothing is made: the workload has a token of somebody else, in a file of its own. */
  private HttpResponse byFile(String file) {
    if (file.isBlank()) {
      throw new IllegalArgumentException("file: '' (expected: the path of a file with a token)");
    }
    return withoutToken(JoinString.FILE + file);
  }

  private HttpResponse withoutToken(String instead) {
    return HttpResponse.of(
        HttpStatus.OK,
        MediaType.JSON_UTF_8,
        JsonNodeFactory.instance
            .objectNode()
            .put(
                "joinString",
                new JoinString(
                        address.get(), instead, authority.fingerprint(), authority.trustDomain())
                    .encoded())
            .toString());
  }

  @Delete("/tokens/{id}")
  public HttpResponse revoke(ServiceRequestContext context, @Param("id") String id) {
    try {
      return tokens.revoke(Access.actor(context), id)
          ? HttpResponse.of(HttpStatus.NO_CONTENT)
          : ApiErrors.notFound("token " + id + " does not exist");
    } catch (StoreException e) {
      return full(e);
    }
  }

  private static ObjectNode json(JoinToken token) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", token.id())
            .put("namespace", token.namespace())
            .put("service", token.service());
    ObjectNode labels = json.putObject("labels");
    new TreeMap<>(token.labels()).forEach(labels::put);
    return json.put("uses", token.isCounted() ? token.uses() : null)
        .put("used", token.isCounted() ? token.used() : null)
        .put("expiresAt", token.expiresAt().toString());
  }

  private static int uses(JsonNode uses) {
    if (uses.isMissingNode() || uses.isNull()) {
      return JoinToken.ANY_NUMBER;
    }
    if (!uses.canConvertToInt() || !uses.isIntegralNumber() || uses.asInt() < 1) {
      throw new IllegalArgumentException("uses: " + uses + " (expected: a number from 1)");
    }
    return uses.asInt();
  }

  private static HttpResponse full(StoreException e) {
    return ApiErrors.unavailable(e);
  }
}
