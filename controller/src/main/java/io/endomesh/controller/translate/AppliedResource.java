package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.store.ResourceKey;

/** A resource of a model, with its key. Immutable. */
public record AppliedResource(ResourceKey key, MeshResource resource) {}
