package io.endomesh.instrumentation.armeria.client;

import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.HttpClient;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestContext;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.weaving.Weaving;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * The call hook: begins a call through the mesh, or says by null that the library is to go on by
 * itself. Stateless.
 */
final class MeshHop {

  /** Of a request that Armeria serves; set by the instrumentation of its server. */
  private static final AttributeKey<CallContext> SERVED =
      AttributeKey.valueOf("io.endomesh.context");

  private MeshHop() {}

  /** Of newer versions, which begin as requests and are none. */
  private static boolean isWebSocket(ClientRequestContext context) {
    return context.log().partial().serializationFormat().uriText().equals("ws");
  }

  static @Nullable HttpResponse begin(
      HttpClient client, ClientRequestContext context, HttpRequest request) {
    if (context.endpoint() == null
        || context.hasOwnAttr(Attempts.ATTEMPT)
        || isWebSocket(context)
        || Weaving.onAgentThread()) {
      return null;
    }
    CallContext before = null;
    RequestContext root = context.root();
    CallContext served = root == null ? null : root.attr(SERVED);
    if (served != null && CallContext.current() == CallContext.EMPTY) {
      before = served.attach();
    }
    try {
      RequestView view = new RequestView(context, request);
      Call call = Weaving.mesh().call(view);
      return call == null ? null : new Attempts(client, context, request, view, call).start();
    } finally {
      if (before != null) {
        CallContext.restore(before);
      }
    }
  }
}
