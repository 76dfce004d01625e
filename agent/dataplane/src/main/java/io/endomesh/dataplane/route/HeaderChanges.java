package io.endomesh.dataplane.route;

import io.endomesh.dataplane.Headers;
import java.util.List;

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

  public boolean isEmpty() {
    return set.isEmpty() && add.isEmpty() && remove.isEmpty();
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
