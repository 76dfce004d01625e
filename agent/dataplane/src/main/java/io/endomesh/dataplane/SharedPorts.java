package io.endomesh.dataplane;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.ServerTls;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The server ports of a JVM whose applications are services of their own: each port is one of every
 * application that is offered. For which of them a request is, the server knows when it has read
 * the path; so a connection is taken as any of them would take it, and a request that its own does
 * not take in this way is refused ({@link InboundPipeline}). Thread-safe.
 */
public final class SharedPorts {

  private final Map<Integer, Protocol> bound = new LinkedHashMap<>();
  private final Set<Mesh> offered = new LinkedHashSet<>();

  /** The JVM's own first: it answers for what belongs to no application. */
  private volatile List<Mesh> workloads;

  private volatile Keys keys = new Keys(List.of(), null);

  /**
   * @param context proves each of these identities; null if there is none
   */
  private record Keys(List<Identity> identities, @Nullable SSLContext context) {}

  /** Of this workload, which is asked about its ports from now on and answers by this. */
  public SharedPorts(Mesh own) {
    workloads = List.of(own);
    own.share(this);
  }

  /** The identity of an application is proved from now on to who asks for it. */
  public synchronized void enter(Mesh application) {
    List<Mesh> more = new ArrayList<>(workloads);
    more.add(application);
    workloads = List.copyOf(more);
  }

  public synchronized void leave(Mesh application) {
    withdraw(application);
    List<Mesh> fewer = new ArrayList<>(workloads);
    fewer.remove(application);
    workloads = List.copyOf(fewer);
  }

  /** Others may call it from now on, at each port there is and will be. */
  public synchronized void offer(Mesh application) {
    if (offered.add(application)) {
      bound.forEach(application::listening);
    }
  }

  public synchronized void withdraw(Mesh application) {
    if (offered.remove(application)) {
      bound.keySet().forEach(application::notListening);
    }
  }

  /** A server that runs the applications bound a port, of which the JVM's own workload knows. */
  public synchronized void bound(int port, Protocol protocol) {
    bound.put(port, protocol);
    offered.forEach(application -> application.listening(port, protocol));
  }

  public synchronized void closed(int port) {
    bound.remove(port);
    offered.forEach(application -> application.notListening(port));
  }

  /** For a new connection. */
  ServerTls tls(int localPort) {
    TlsMode mode = null;
    List<Identity> identities = new ArrayList<>();
    for (Mesh workload : workloads) {
      Snapshot now = workload.snapshot();
      TlsMode one = now.inbound().port(localPort).tlsMode();
      mode = mode == null || mode == one ? one : TlsMode.PERMISSIVE;
      if (now.identity() != null) {
        identities.add(now.identity());
      }
    }
    return mode == null || mode == TlsMode.DISABLE
        ? ServerTls.of(TlsMode.DISABLE, null)
        : new ServerTls(mode, context(identities));
  }

  private @Nullable SSLContext context(List<Identity> identities) {
    Keys known = keys;
    if (!known.identities().equals(identities)) {
      known =
          new Keys(
              List.copyOf(identities),
              identities.isEmpty() ? null : Identity.serverContext(identities));
      keys = known;
    }
    return known.context();
  }
}
