package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.ParsedResource;
import java.util.List;
import java.util.Map;

/** Models of what is not applied, or not yet. Stateless. */
public final class Drafts {

  private Drafts() {}

  /** The model that would be if these were applied now. */
  public static MeshModel over(MeshModel now, List<ParsedResource> drafts) {
    return now.with(now.catalog().with(drafts));
  }

  /** A mesh of these alone, in which nobody has joined. */
  public static MeshModel alone(List<ParsedResource> resources, String trustDomain) {
    return new MeshModel(0, trustDomain, Catalog.EMPTY.with(resources), List.of(), Map.of(), true);
  }
}
