package io.endomesh.instrumentation.tomcat;

import io.endomesh.dataplane.Mesh;
import io.endomesh.weaving.Weaving;
import io.endomesh.weaving.WebApplications;
import org.apache.catalina.Context;
import org.apache.catalina.Loader;
import org.apache.catalina.connector.Request;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's web applications, which may be services of their own. An application is told by its
 * class loader: it has one from before its first class is loaded until its last has run. Stateless.
 */
final class Applications {

  private Applications() {}

  /** The workload of the application that Tomcat has mapped the request to. */
  static Mesh of(Request request) {
    WebApplications several = Weaving.applications();
    return several == null ? Weaving.mesh() : several.of(loader(request.getContext()));
  }

  private static @Nullable ClassLoader loader(@Nullable Context context) {
    Loader loader = context == null ? null : context.getLoader();
    return loader == null ? null : loader.getClassLoader();
  }

  static void begins(Loader loader) {
    WebApplications several = Weaving.applications();
    ClassLoader code = several == null ? null : loader.getClassLoader();
    if (several != null && code != null) {
      several.begins(code, loader.getContext().getPath());
    }
  }

  static void ends(Loader loader) {
    WebApplications several = Weaving.applications();
    ClassLoader code = several == null ? null : loader.getClassLoader();
    if (several != null && code != null) {
      several.ends(code);
    }
  }

  /** An application whose start failed is none. */
  static void started(Context context) {
    WebApplications several = Weaving.applications();
    ClassLoader code = several == null ? null : loader(context);
    if (several != null && code != null && context.getState().isAvailable()) {
      several.available(code);
    }
  }

  static void stopping(Context context) {
    WebApplications several = Weaving.applications();
    ClassLoader code = several == null ? null : loader(context);
    if (several != null && code != null) {
      several.unavailable(code);
    }
  }
}
