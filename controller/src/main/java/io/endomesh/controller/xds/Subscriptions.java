package io.endomesh.controller.xds;

import io.endomesh.controller.translate.ResourceType;
import io.endomesh.controller.translate.Scope;
import io.endomesh.controller.translate.XdsResource;
import io.endomesh.controller.translate.XdsView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one client asked for of one type, and what of it the client was last told. Not thread-safe.
 */
final class Subscriptions {

  /** The version of a resource the client was told does not exist. */
  private static final String ABSENT = "";

  /**
   * @param changed to be sent
   * @param removed to be sent as not existing
   */
  record Update(List<XdsResource> changed, List<String> removed) {
    boolean isEmpty() {
      return changed.isEmpty() && removed.isEmpty();
    }
  }

  private final ResourceType type;
  private final Set<String> names = new TreeSet<>();

  /** Versions by name. */
  private final Map<String, String> told = new HashMap<>();

  /** Names the client had from an earlier stream. */
  private final Set<String> brought = new HashSet<>();

  Subscriptions(ResourceType type) {
    this.type = type;
  }

  /** As the client lists what it holds at the start of a stream. */
  void bring(Map<String, String> versions) {
    told.putAll(versions);
    brought.addAll(versions.keySet());
  }

  /** A name that is asked for again is told again. */
  void subscribe(Collection<String> added) {
    for (String name : added) {
      if (!names.add(name)) {
        told.remove(name);
      }
    }
  }

  void unsubscribe(Collection<String> removed) {
    names.removeAll(removed);
    told.keySet().removeAll(removed);
    brought.removeAll(removed);
  }

  /**
   * State of the world: the names that are asked for from now on.
   *
   * @return whether they differ from before
   */
  boolean replace(Collection<String> wanted) {
    Set<String> next = new TreeSet<>(wanted);
    if (next.equals(names)) {
      return false;
    }
    names.clear();
    names.addAll(next);
    told.keySet().retainAll(next);
    return true;
  }

  List<String> names() {
    return List.copyOf(names);
  }

  /** What the client is not yet told; from now on it is. */
  Update update(XdsView view, Scope scope) {
    List<XdsResource> changed = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    for (String name : names) {
      XdsResource resource = view.resource(type, name, scope);
      if (!view.model().settled() && isDoubtful(name, resource)) {
        continue;
      }
      String version = resource == null ? ABSENT : resource.version();
      if (!version.equals(told.put(name, version))) {
        if (resource == null) {
          removed.add(name);
        } else {
          changed.add(resource);
        }
      }
      brought.remove(name);
    }
    return new Update(changed, removed);
  }

  /** Everything that exists of what is asked for. */
  List<XdsResource> all(XdsView view, Scope scope) {
    List<XdsResource> all = new ArrayList<>();
    for (String name : names) {
      XdsResource resource = view.resource(type, name, scope);
      if (resource != null) {
        all.add(resource);
      }
    }
    return all;
  }

  /** While workloads are awaited: what would take endpoints away that may be back in a moment. */
  private boolean isDoubtful(String name, @Nullable XdsResource resource) {
    return switch (type) {
      case LISTENER, ROUTE -> resource == null;
      case SECRET, CLUSTER -> false;
      case ENDPOINTS -> resource == null || resource.endpoints() == 0 || brought.contains(name);
    };
  }
}
