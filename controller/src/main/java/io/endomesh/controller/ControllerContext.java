package io.endomesh.controller;

import io.endomesh.controller.ca.CertificateAuthority;
import io.endomesh.controller.registry.WorkloadRegistry;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.xds.SyncStatus;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * What the parts of one controller share. Immutable; everything in it is thread-safe.
 *
 * @param store applied resources, their history, and small facts of the parts
 * @param workloads who is alive
 * @param model services, routes and policies as they are now; each call gives the newest
 * @param syncStatus what each connected workload was sent and acknowledged
 * @param address that was bound; known once the server has started
 * @param startedAt of this process
 */
public record ControllerContext(
    ControllerOptions options,
    ResourceStore store,
    WorkloadRegistry workloads,
    Supplier<MeshModel> model,
    SyncStatus syncStatus,
    CertificateAuthority authority,
    Supplier<InetSocketAddress> address,
    Clock clock,
    Instant startedAt) {}
