package io.endomesh.instrumentation.armeria.server;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 carries the scheme of the wire; the application is shown that of its port, as without the
 * mesh. Stateless.
 */
final class ShownScheme {

  private ShownScheme() {}

  static HttpRequest of(ServiceRequestContext context, HttpRequest request) {
    @Nullable Channel connection = context.log().partial().channel();
    if (connection == null
        || !InboundHttp.isOverMeshTls(connection)
        || !"https".equals(request.scheme())) {
      return request;
    }
    HttpRequest shown = request.withHeaders(request.headers().toBuilder().scheme("http").build());
    context.updateRequest(shown);
    return shown;
  }
}
