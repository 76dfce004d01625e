package io.endomesh.instrumentation.armeria.server;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import io.endomesh.dataplane.CallContext;
import org.jspecify.annotations.Nullable;

/** In front of a service and of all its decorators. Thread-safe. */
final class MeshService extends SimpleDecoratingHttpService {

  MeshService(HttpService delegate) {
    super(delegate);
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) throws Exception {
    HttpService service = (HttpService) unwrap();
    @Nullable ServedRequest served = ServedRequest.serve(context);
    if (served == null) {
      return service.serve(context, request);
    }
    @Nullable HttpResponse refusal = served.refusal();
    if (refusal != null) {
      return refusal;
    }
    // Its headers may have been taken out.
    HttpRequest shown = ShownScheme.of(context, context.request());
    CallContext before = served.attach();
    try {
      return service.serve(context, shown);
    } finally {
      CallContext.restore(before);
    }
  }
}
