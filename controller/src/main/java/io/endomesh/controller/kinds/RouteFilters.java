package io.endomesh.controller.kinds;

import io.endomesh.controller.kinds.RouteResource.Backend;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a rule does to the calls it matches besides leading them somewhere. Immutable.
 *
 * @param redirect null if calls are not redirected
 * @param rewrite null if the URL stays
 * @param fault null if nothing goes wrong on purpose
 * @param answer null if the service answers
 * @param cors null if browsers are told nothing
 * @param queryModifiers names of QueryParameterModifiers of the same namespace, in their order
 */
public record RouteFilters(
    HeaderEdits request,
    HeaderEdits response,
    @Nullable Redirect redirect,
    @Nullable Rewrite rewrite,
    List<Mirror> mirrors,
    @Nullable Fault fault,
    @Nullable Answer answer,
    @Nullable Cors cors,
    List<String> queryModifiers) {

  public static final RouteFilters NONE =
      new RouteFilters(
          HeaderEdits.NONE, HeaderEdits.NONE, null, null, List.of(), null, null, null, List.of());

  public RouteFilters {
    mirrors = List.copyOf(mirrors);
    queryModifiers = List.copyOf(queryModifiers);
  }

  /** True if calls are answered by the mesh, and need no backend. */
  public boolean answers() {
    return redirect != null || answer != null;
  }

  /**
   * What this says, and what the other says where this says nothing, as Istio lets a rule say it
   * for those of a delegate. Redirects and answers are no such things.
   */
  RouteFilters over(RouteFilters other) {
    boolean headers = !request.equals(HeaderEdits.NONE) || !response.equals(HeaderEdits.NONE);
    return new RouteFilters(
        headers ? request : other.request,
        headers ? response : other.response,
        redirect,
        rewrite == null ? other.rewrite : rewrite,
        mirrors.isEmpty() ? other.mirrors : mirrors,
        fault == null ? other.fault : fault,
        answer,
        cors == null ? other.cors : cors,
        queryModifiers);
  }

  /** Headers by name in lower case, in the order in which they were written. */
  public record HeaderEdits(Map<String, String> set, Map<String, String> add, List<String> remove) {

    public static final HeaderEdits NONE = new HeaderEdits(Map.of(), Map.of(), List.of());

    public HeaderEdits {
      set = new LinkedHashMap<>(set);
      add = new LinkedHashMap<>(add);
      remove = List.copyOf(remove);
    }
  }

  /** Another path in place of the one that was asked for. */
  public sealed interface PathChange {
    record Full(String path) implements PathChange {}

    /** In place of the prefix that the rule matched. */
    record Prefix(String replacement) implements PathChange {}

    /**
     * @param substitution with {@code \1} for the first group
     */
    record Regex(String regex, String substitution) implements PathChange {}
  }

  /**
   * @param scheme null keeps it, and so for the others
   */
  public record Redirect(
      int status,
      @Nullable String scheme,
      @Nullable String host,
      @Nullable Integer port,
      @Nullable PathChange path) {}

  /**
   * @param host null keeps it
   * @param path null keeps it
   */
  public record Rewrite(@Nullable String host, @Nullable PathChange path) {}

  /**
   * @param perMillion share of the requests that are copied
   */
  public record Mirror(Backend backend, int perMillion) {}

  /**
   * @param delayNanos 0 delays nothing
   * @param delayPerMillion share of the requests
   * @param abortStatus HTTP status; 0 aborts nothing, unless there is a gRPC status
   * @param abortGrpcStatus code number; -1 for none
   * @param abortPerMillion share of the requests
   * @param until when they end; null if somebody has to take them back
   */
  public record Fault(
      long delayNanos,
      int delayPerMillion,
      int abortStatus,
      int abortGrpcStatus,
      int abortPerMillion,
      @Nullable Instant until) {}

  /**
   * Which scripts of other sites may read the answers.
   *
   * @param origins any of them; an exact {@code *} is all
   * @param methods {@code *} alone is all; empty says nothing, and so below
   * @param maxAgeSeconds null says nothing
   * @param forwardsUnmatched true lets the service answer preflights of other origins
   */
  public record Cors(
      List<OriginMatch> origins,
      List<String> methods,
      List<String> headers,
      List<String> exposed,
      @Nullable Long maxAgeSeconds,
      boolean credentials,
      boolean forwardsUnmatched) {
    public Cors {
      origins = List.copyOf(origins);
      methods = List.copyOf(methods);
      headers = List.copyOf(headers);
      exposed = List.copyOf(exposed);
    }
  }

  /** How an origin, {@code https://example.com}, is compared. */
  public record OriginMatch(Comparison comparison, String value) {

    /** As Envoy has them. */
    public enum Comparison {
      EXACT,
      PREFIX,
      REGEX
    }
  }

  /** A fixed answer. */
  public record Answer(int status, String body) {}
}
