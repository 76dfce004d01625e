package io.endomesh.controller.explain;

import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.registry.WorkloadPort;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.MeshService;
import io.endomesh.controller.translate.Scope;
import io.endomesh.controller.translate.XdsResource;
import io.endomesh.controller.translate.XdsView;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.explain.Callee;
import io.endomesh.dataplane.explain.Explainer;
import io.endomesh.dataplane.explain.Explanation;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.xds.ads.Preview;
import io.endomesh.xds.ads.ResourceType;
import io.endomesh.xds.ads.StoredResource;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Explains calls of one service in one model: the xDS that its agents would be sent, made a
 * snapshot by the agent's own translation, and asked. Keeps what it made, for many questions. Not
 * thread-safe.
 */
final class CallExplainer {

  private static final String INBOUND = "endomesh/inbound/";

  private final MeshModel model;
  private final XdsView view;
  private final Caller caller;
  private final Identity identity;
  private final Preview preview;
  private final Clock clock;
  private final Map<String, Workload> workloads = new HashMap<>();
  private final Map<Scope, Preview> callees = new HashMap<>();

  CallExplainer(MeshModel model, Caller caller, Clock clock) {
    this.model = model;
    this.view = new XdsView(model);
    this.caller = caller;
    this.identity = AssumedIdentity.of(caller.identity());
    this.preview = new Preview((type, name) -> find(type, name, caller.scope()));
    this.clock = clock;
    for (MeshService service : model.services()) {
      for (Workload workload : service.workloads()) {
        for (WorkloadPort port : workload.ports()) {
          workloads.put(workload.address() + ":" + port.advertised(), workload);
        }
      }
    }
  }

  Explanation explain(Question question) {
    String authority = question.authority().toLowerCase(Locale.ROOT);
    VirtualHost host = preview.host(authority);
    Snapshot snapshot =
        new Snapshot(
            model.version(),
            host == null ? Map.of() : Map.of(authority, host),
            Inbound.OPEN,
            identity);
    return new Explainer(
            new io.endomesh.dataplane.Workload(
                caller.service(), caller.namespace(), "explained", caller.labels()),
            caller.address(),
            snapshot,
            this::callee,
            System::nanoTime,
            clock)
        .explain(question.request());
  }

  /** What the caller's agents would not accept so far; calls are explained without it. */
  List<String> rejections() {
    return preview.rejections();
  }

  private @Nullable Callee callee(Endpoint endpoint) {
    String address = endpoint.hostAndPort();
    Workload workload = workloads.get(address);
    if (workload == null) {
      return null;
    }
    int port =
        workload.ports().stream()
            .filter(one -> address.equals(workload.address() + ":" + one.advertised()))
            .findFirst()
            .orElseThrow()
            .number();
    Scope scope = new Scope(workload.namespace(), workload.labels(), Scope.Dialect.AGENT);
    Preview rules =
        callees.computeIfAbsent(
            scope, none -> new Preview((type, name) -> find(type, name, scope)));
    return new Callee(workload.instance(), state(workload), port, rules.inbound(INBOUND + port));
  }

  private static String state(Workload workload) {
    return workload.leaseEndsAt() == null
        ? "connected since " + workload.joinedAt()
        : "not heard of since " + workload.lastSeen() + ", taken out at " + workload.leaseEndsAt();
  }

  private @Nullable StoredResource find(ResourceType type, String name, Scope scope) {
    XdsResource resource =
        view.resource(
            switch (type) {
              case SECRET -> io.endomesh.controller.translate.ResourceType.SECRET;
              case LISTENER -> io.endomesh.controller.translate.ResourceType.LISTENER;
              case ROUTE -> io.endomesh.controller.translate.ResourceType.ROUTE;
              case CLUSTER -> io.endomesh.controller.translate.ResourceType.CLUSTER;
              case ENDPOINTS -> io.endomesh.controller.translate.ResourceType.ENDPOINTS;
            },
            name,
            scope);
    return resource == null
        ? null
        : new StoredResource(type, name, resource.version(), resource.body().getValue());
  }
}
