package io.endomesh.controller.corpus;

import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.Scope;
import io.endomesh.controller.translate.XdsResource;
import io.endomesh.controller.translate.XdsView;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.xds.ads.Preview;
import io.endomesh.xds.ads.ResourceType;
import io.endomesh.xds.ads.StoredResource;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an agent asks for, is sent and makes of it. Not thread-safe. */
final class AgentView {

  /** {@code RouteConfiguration orders.shop:8080}; in the order in which agents ask. */
  record Name(ResourceType type, String name) implements Comparable<Name> {
    @Override
    public int compareTo(Name other) {
      int byType = type.compareTo(other.type);
      return byType != 0 ? byType : name.compareTo(other.name);
    }

    @Override
    public String toString() {
      return type + " " + name;
    }
  }

  private final XdsView view;
  private final Scope scope;
  private final SortedMap<Name, XdsResource> sent = new TreeMap<>();
  private final Preview preview = new Preview(this::find);

  AgentView(MeshModel model, Scope scope) {
    this.view = new XdsView(model);
    this.scope = scope;
  }

  @Nullable VirtualHost host(String authority) {
    return preview.host(authority);
  }

  Inbound.Port inbound(int port) {
    return preview.inbound("endomesh/inbound/" + port);
  }

  SortedMap<Name, XdsResource> sent() {
    return sent;
  }

  /** What the agent would not accept. */
  List<String> rejections() {
    return preview.rejections();
  }

  private @Nullable StoredResource find(ResourceType type, String name) {
    XdsResource resource =
        view.resource(
            io.endomesh.controller.translate.ResourceType.valueOf(type.name()), name, scope);
    if (resource == null) {
      return null;
    }
    sent.put(new Name(type, name), resource);
    return new StoredResource(type, name, resource.version(), resource.body().getValue());
  }
}
