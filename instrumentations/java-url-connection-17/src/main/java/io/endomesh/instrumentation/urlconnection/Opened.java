package io.endomesh.instrumentation.urlconnection;

import io.endomesh.weaving.CallDepth;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.ResponseCache;
import java.net.URL;
import java.net.URLConnection;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/** Who gets a connection of ours, and who one of the JDK's. Thread-safe. */
final class Opened {

  /** Inside while this thread opens a connection of the JDK's for us. */
  private static final CallDepth BY_US = new CallDepth();

  private Opened() {}

  /**
   * A connection of ours in place of one of the JDK's; null if it is to stay.
   *
   * <p>A proxy that the application names is meant; one of the JVM's settings is not for the mesh.
   * With a {@code ResponseCache} the JDK may answer without a connection, which from outside looks
   * like one that did not go where it should: such applications are left alone.
   */
  static @Nullable URLConnection ofMesh(URL url, @Nullable Proxy proxy, URLConnection opened) {
    if (BY_US.isInside()
        || Weaving.onAgentThread()
        || proxy != null && proxy.type() != Proxy.Type.DIRECT
        || ResponseCache.getDefault() != null
        || !(opened instanceof HttpURLConnection original)) {
      return null;
    }
    String authority = RequestView.authority(url);
    if (authority == null || !Weaving.mesh().knows(authority)) {
      return null;
    }
    MeshUrlConnection ours = new MeshUrlConnection(url, proxy, original);
    return opened instanceof HttpsURLConnection ? new MeshHttpsUrlConnection(ours) : ours;
  }

  /** A connection of the JDK's own. */
  static HttpURLConnection byJdk(URL url, @Nullable Proxy proxy) throws IOException {
    BY_US.enter();
    try {
      return (HttpURLConnection) (proxy == null ? url.openConnection() : url.openConnection(proxy));
    } finally {
      BY_US.exit();
    }
  }
}
