package io.endomesh.xds.translate;

import com.google.protobuf.Any;
import io.endomesh.dataplane.route.Cors;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.QueryChanges;
import io.endomesh.dataplane.route.SessionPersistence;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code typed_per_filter_config} asks of the calls of a route. Immutable.
 *
 * @param fault null is none
 * @param persistence null is none
 * @param cors null is none
 */
record RouteFilters(
    @Nullable Fault fault,
    @Nullable SessionPersistence persistence,
    @Nullable Cors cors,
    QueryChanges query) {

  private static final String FAULT = "envoy.extensions.filters.http.fault.v3.HTTPFault";
  private static final String SESSION =
      "envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute";
  private static final String CORS = "envoy.extensions.filters.http.cors.v3.CorsPolicy";
  private static final String WRAPPED = "envoy.config.route.v3.FilterConfig";

  /**
   * @param levels from the most specific one, which wins for a filter that several name, save that
   *     changes of queries are made by all of them in turn (Envoy)
   */
  static RouteFilters of(String field, List<Map<String, Any>> levels) throws InvalidResource {
    Map<String, Any> configs = new LinkedHashMap<>();
    List<QueryChanges.Change> query = new ArrayList<>();
    for (Map<String, Any> level : levels) {
      for (Map.Entry<String, Any> entry : level.entrySet()) {
        if (QueryTranslator.understands(entry.getValue())) {
          query.addAll(
              QueryTranslator.translate(field + "[" + entry.getKey() + "]", entry.getValue()));
        } else {
          configs.putIfAbsent(entry.getKey(), entry.getValue());
        }
      }
    }
    // Rules of the host, not of its routes.
    configs.remove(DatabaseTranslator.FILTER);
    Fault fault = null;
    SessionPersistence persistence = null;
    Cors cors = null;
    for (Map.Entry<String, Any> entry : configs.entrySet()) {
      String of = field + "[" + entry.getKey() + "]";
      Any config = entry.getValue();
      boolean optional = false;
      if (Messages.is(config, WRAPPED)) {
        FilterConfig wrapped = Messages.unpack(of, config, WRAPPED, FilterConfig.parser());
        if (wrapped.getDisabled()) {
          continue;
        }
        optional = wrapped.getIsOptional();
        config = wrapped.getConfig();
      }
      if (Messages.is(config, FAULT)) {
        fault =
            FaultTranslator.translate(of, Messages.unpack(of, config, FAULT, HTTPFault.parser()));
      } else if (Messages.is(config, SESSION)) {
        persistence =
            SessionTranslator.translate(
                of, Messages.unpack(of, config, SESSION, StatefulSessionPerRoute.parser()));
      } else if (Messages.is(config, CORS)) {
        cors = CorsTranslator.translate(of, Messages.unpack(of, config, CORS, CorsPolicy.parser()));
      } else if (QueryTranslator.understands(config)) {
        query.addAll(QueryTranslator.translate(of, config));
      } else {
        Messages.unsupported(of + ": " + config.getTypeUrl(), !optional);
      }
    }
    return new RouteFilters(fault, persistence, cors, new QueryChanges(query));
  }
}
