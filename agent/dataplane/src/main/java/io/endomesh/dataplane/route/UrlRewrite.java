package io.endomesh.dataplane.route;

import io.endomesh.dataplane.OutboundRequest;
import org.jspecify.annotations.Nullable;

/**
 * What the server is asked for in place of what the application wrote (Gateway API {@code
 * HTTPURLRewriteFilter}). Immutable.
 *
 * @param authority null leaves it
 * @param path null leaves it; the query is never changed
 */
public record UrlRewrite(@Nullable String authority, @Nullable PathRewrite path) {

  public void apply(OutboundRequest request) {
    if (authority != null) {
      request.rewriteAuthority(authority);
    }
    if (path != null) {
      String rewritten = path.apply(request.path());
      String query = request.query();
      request.rewriteTarget(query == null ? rewritten : rewritten + "?" + query);
    }
  }
}
