package io.endomesh.weaving;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.SharedPorts;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The web applications of this JVM that are services of their own: a workload each service, beside
 * the JVM's own, which has the container and all other applications. An application is known by its
 * class loader, which is held weakly. Thread-safe.
 */
public final class WebApplications {

  /** Where workloads come from. Thread-safe, must not block. */
  public interface Workloads {

    /** Joins the mesh as this service. */
    Mesh begin(String service);

    /** Leaves it. */
    void end(Mesh workload);
  }

  private final Mesh own;
  private final ServiceNames names;
  private final Workloads workloads;
  private final SharedPorts ports;
  private final WeakIdentityMap<ClassLoader, Hosted> applications = new WeakIdentityMap<>();

  /** Guarded by this. */
  private final Map<String, Hosted> services = new HashMap<>();

  /** A service, of one application or, as while a new version of it takes over, of several. */
  private static final class Hosted {
    final String service;
    final Mesh mesh;

    /** How many applications there are, and how many of them are served; guarded by the outer. */
    int present;

    int available;

    Hosted(String service, Mesh mesh) {
      this.service = service;
      this.mesh = mesh;
    }
  }

  /**
   * @param own the JVM's own workload
   */
  public WebApplications(Mesh own, ServiceNames names, Workloads workloads) {
    this.own = own;
    this.names = names;
    this.workloads = workloads;
    this.ports = new SharedPorts(own);
  }

  /** An application has its class loader, and none of its code has run. */
  public synchronized void begins(ClassLoader application, String contextPath) {
    String service = names.of(contextPath);
    if (service == null
        || service.equals(own.workload().service())
        || applications.get(application) != null) {
      return;
    }
    Hosted hosted = services.get(service);
    if (hosted == null) {
      hosted = new Hosted(service, workloads.begin(service));
      services.put(service, hosted);
      ports.enter(hosted.mesh);
    }
    hosted.present++;
    applications.put(application, hosted);
  }

  /** It is served: others may call it. */
  public synchronized void available(ClassLoader application) {
    Hosted hosted = applications.get(application);
    if (hosted != null && hosted.available++ == 0) {
      ports.offer(hosted.mesh);
    }
  }

  /** It will not be served for long: others are to call elsewhere. Harmless if it never was. */
  public synchronized void unavailable(ClassLoader application) {
    Hosted hosted = applications.get(application);
    if (hosted != null && hosted.available > 0 && --hosted.available == 0) {
      ports.withdraw(hosted.mesh);
    }
  }

  /** None of its code runs any more. */
  public synchronized void ends(ClassLoader application) {
    Hosted hosted = applications.remove(application);
    if (hosted != null && --hosted.present == 0) {
      services.remove(hosted.service);
      ports.leave(hosted.mesh);
      workloads.end(hosted.mesh);
    }
  }

  /** A container bound a port, at which its applications are called. */
  void bound(int port, Protocol protocol) {
    ports.bound(port, protocol);
  }

  void closed(int port) {
    ports.closed(port);
  }

  /**
   * The workload of an application.
   *
   * @param loader of its code, or one below that; null if there is no application
   */
  public Mesh of(@Nullable ClassLoader loader) {
    for (ClassLoader each = loader; each != null; each = each.getParent()) {
      Hosted hosted = applications.get(each);
      if (hosted != null) {
        return hosted.mesh;
      }
    }
    return own;
  }

  /**
   * The workload that runs on this thread: of the served call, wherever that goes on, else of the
   * application whose thread it is.
   */
  Mesh current() {
    Mesh served = CallContext.current().mesh();
    return served != null ? served : of(Thread.currentThread().getContextClassLoader());
  }
}
