package io.endomesh.controller.operations;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The end of a controller's service. Requests are served to their end and their connections told to
 * go elsewhere (GOAWAY); streams, which never end by themselves, are refused. Thread-safe.
 */
public final class Drain implements DecoratingHttpServiceFunction {

  private final Set<ServiceRequestContext> open = ConcurrentHashMap.newKeySet();
  private volatile boolean begun;

  @Override
  public HttpResponse serve(HttpService next, ServiceRequestContext ctx, HttpRequest request)
      throws Exception {
    open.add(ctx);
    ctx.log().whenComplete().thenRun(() -> open.remove(ctx));
    if (begun) {
      ctx.initiateConnectionShutdown();
      if (isStream(request)) {
        // A client of gRPC takes it for UNAVAILABLE, and comes back later.
        return HttpResponse.of(
            HttpStatus.SERVICE_UNAVAILABLE, MediaType.PLAIN_TEXT_UTF_8, "the controller stops");
      }
    }
    return next.serve(ctx, request);
  }

  private static boolean isStream(HttpRequest request) {
    String path = request.path();
    return path.contains("AggregatedResources")
        || path.equals("/endomesh.v1.WorkloadService/Join")
        || path.startsWith("/api/v1/events");
  }

  /** From now on no stream begins, and who is connected is told to leave. */
  public void begin() {
    begun = true;
    open.forEach(ServiceRequestContext::initiateConnectionShutdown);
  }

  public boolean hasBegun() {
    return begun;
  }
}
