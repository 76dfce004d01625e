package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.Mesh;
import java.lang.ref.WeakReference;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The target of one channel, shared by its interceptor and its name resolver: it keeps the two of
 * one mind on whether calls go through the mesh. Thread-safe.
 */
final class ChannelTarget {

  private volatile @Nullable String authority;
  private volatile WeakReference<MeshNameResolver> resolver = new WeakReference<>(null);

  /** A channel makes a new resolver each time it wakes from idleness. */
  void resolvedBy(MeshNameResolver resolver, String authority) {
    this.authority = authority.toLowerCase(Locale.ROOT);
    this.resolver = new WeakReference<>(resolver);
  }

  /** As the application wrote it, in lower case; null if the target is not a DNS name. */
  @Nullable String authority() {
    return authority;
  }

  /**
   * True if calls on this channel go through the mesh at this moment. A service that joined or left
   * the mesh while the channel was open is followed.
   */
  boolean meshed(Mesh mesh) {
    String name = authority;
    if (name == null) {
      return false;
    }
    boolean known = mesh.knows(name);
    MeshNameResolver current = resolver.get();
    return current == null ? known : current.follow(known);
  }
}
