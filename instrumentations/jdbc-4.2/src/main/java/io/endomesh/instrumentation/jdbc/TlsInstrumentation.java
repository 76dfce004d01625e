package io.endomesh.instrumentation.jdbc;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to give drivers TLS of the mesh: where the JDK lays TLS over a socket that
 * is connected. Drivers come there in ways of their own, by key stores, plugins and factories;
 * there they meet. Immutable.
 */
public final class TlsInstrumentation extends Instrumentation {

  @Override
  public String name() {
    return "jdbc-tls";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types("sun.security.ssl.SSLSocketFactoryImpl")
            .method("createSocket")
            .taking("java.net.Socket", "java.lang.String", "int", "boolean")
            .advice("io.endomesh.instrumentation.jdbc.LayerAdvice"));
  }
}
