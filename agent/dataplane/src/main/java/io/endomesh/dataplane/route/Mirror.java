package io.endomesh.dataplane.route;

import io.endomesh.dataplane.cluster.Cluster;

/**
 * A cluster that gets a copy of a share of the requests; its answers are thrown away (Envoy {@code
 * RequestMirrorPolicy}). Immutable.
 */
public record Mirror(Cluster cluster, Share share) {}
