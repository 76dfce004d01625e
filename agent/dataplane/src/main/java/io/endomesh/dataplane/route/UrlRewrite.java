package io.endomesh.dataplane.route;

import io.endomesh.dataplane.OutboundRequest;
import io.endomesh.dataplane.Protocol;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the server is asked for in place of what the application wrote (Gateway API {@code
 * HTTPURLRewriteFilter}). Immutable.
 *
 * @param authority null leaves it
 * @param path null leaves it; the query is changed by {@code query} only
 * @param query leaves calls of gRPC as they are: its paths are names of methods and have no query
 */
public record UrlRewrite(
    @Nullable String authority, @Nullable PathRewrite path, QueryChanges query) {

  public UrlRewrite(@Nullable String authority, @Nullable PathRewrite path) {
    this(authority, path, QueryChanges.NONE);
  }

  public void apply(OutboundRequest request) {
    if (authority != null) {
      request.rewriteAuthority(authority);
    }
    String written = request.query();
    String sent = request.protocol() == Protocol.HTTP ? query.apply(written) : written;
    if (path != null || !Objects.equals(sent, written)) {
      String rewritten = path == null ? request.path() : path.apply(request.path());
      request.rewriteTarget(sent == null ? rewritten : rewritten + "?" + sent);
    }
  }
}
