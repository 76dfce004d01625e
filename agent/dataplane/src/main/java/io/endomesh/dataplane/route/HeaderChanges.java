package io.endomesh.dataplane.route;

import io.endomesh.dataplane.Headers;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a policy does to headers (Gateway API {@code HTTPHeaderFilter}). Removed first, then set,
 * then added, as Envoy does: so a header can be removed and given anew. Immutable; names in lower
 * case.
 */
public record HeaderChanges(List<Header> set, List<Header> add, List<String> remove) {

  public static final HeaderChanges NONE = new HeaderChanges(List.of(), List.of(), List.of());

  /** A header and its value. */
  public record Header(String name, String value) {}

  public HeaderChanges {
    set = List.copyOf(set);
    add = List.copyOf(add);
    remove = List.copyOf(remove);
  }

  /** One header, whatever was there. */
  public static HeaderChanges setting(String name, String value) {
    return new HeaderChanges(List.of(new Header(name, value)), List.of(), List.of());
  }

  public boolean isEmpty() {
    return set.isEmpty() && add.isEmpty() && remove.isEmpty();
  }

  /** Both as one: first these, then {@code next}, which wins where both say something. */
  public HeaderChanges then(HeaderChanges next) {
    if (isEmpty() || next.isEmpty()) {
      return isEmpty() ? next : this;
    }
    Set<String> removed = new LinkedHashSet<>(remove);
    removed.addAll(next.remove);
    return new HeaderChanges(
        next.after(set, next.set), next.after(add, next.add), List.copyOf(removed));
  }

  /** What is left of earlier headers, and then later ones. */
  private List<Header> after(List<Header> earlier, List<Header> later) {
    List<Header> all = new ArrayList<>();
    for (Header header : earlier) {
      if (!replaces(header.name())) {
        all.add(header);
      }
    }
    all.addAll(later);
    return all;
  }

  private boolean replaces(String name) {
    return remove.contains(name) || set.stream().anyMatch(header -> header.name().equals(name));
  }

  public void apply(Headers headers) {
    for (int i = 0; i < remove.size(); i++) {
      headers.removeHeader(remove.get(i));
    }
    for (int i = 0; i < set.size(); i++) {
      headers.setHeader(set.get(i).name(), set.get(i).value());
    }
    for (int i = 0; i < add.size(); i++) {
      headers.addHeader(add.get(i).name(), add.get(i).value());
    }
  }
}
