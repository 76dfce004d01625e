package io.endomesh.controller.kinds;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A ReferenceGrant of Gateway API: which resources of other namespaces may refer to those of its
 * own. Immutable.
 */
public record ReferenceGrant(Metadata metadata, List<From> from, List<To> to)
    implements MeshResource {

  /** Who may refer: all resources of a kind in a namespace. */
  public record From(String group, String kind, String namespace) {}

  /**
   * To what they may refer.
   *
   * @param name null for all of the kind
   */
  public record To(String group, String kind, @Nullable String name) {}

  public ReferenceGrant {
    from = List.copyOf(from);
    to = List.copyOf(to);
  }

  static ReferenceGrant read(Metadata metadata, Fields spec) {
    List<From> from =
        spec.objects(
            "from",
            fields ->
                new From(
                    fields.string("group"), fields.string("kind"), fields.string("namespace")));
    List<To> to =
        spec.objects(
            "to",
            fields ->
                new To(
                    fields.string("group", ""),
                    fields.string("kind"),
                    fields.optionalString("name")));
    if (from.isEmpty()) {
      throw spec.invalid("from", "absent (expected: at least one kind and namespace)");
    }
    if (to.isEmpty()) {
      throw spec.invalid("to", "absent (expected: at least one kind)");
    }
    return new ReferenceGrant(metadata, from, to);
  }
}
