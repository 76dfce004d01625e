package io.endomesh.contracts.undertow;

import io.endomesh.testkit.LibraryLoader;
import io.endomesh.testkit.ServerUnderTest;
import io.endomesh.testkit.StagedLibrary;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Loads one version of Undertow, as an application's class loader would, for a class of tests. */
final class UndertowLoader {

  private static final String SERVER = "io.endomesh.contracts.undertow.server.";

  /** Servlets for either Jakarta EE, which know nothing of the server they run in. */
  private static final String JAVAX = "io.endomesh.contracts.jetty9.server.";

  private static final String JAKARTA = "io.endomesh.contracts.jetty.server.";

  /** Loaded once for all tests of a class. */
  private static final Map<Class<?>, LibraryLoader> LOADERS = new ConcurrentHashMap<>();

  private final Class<?> test;
  private final StagedLibrary library;

  UndertowLoader(Class<?> test) {
    this.test = test;
    this.library = StagedLibrary.of(test);
  }

  String version() {
    return library.version();
  }

  /** Starts a server of handlers. */
  ServerUnderTest handlers(String server) throws Exception {
    return start(loader -> loader.loadClass(SERVER + server).getConstructor().newInstance());
  }

  /** Starts a server of servlets; up to 2.2 they are those of Java EE. */
  ServerUnderTest servlets(String server, String servlet) throws Exception {
    boolean javax = version().startsWith("2.0.") || version().startsWith("2.2.");
    String name = (javax ? JAVAX : JAKARTA) + servlet;
    return start(
        loader ->
            loader
                .loadClass(SERVER + server)
                .getConstructor(Class.class)
                .newInstance(loader.loadClass(name)));
  }

  private interface Start {
    Object by(LibraryLoader loader) throws ReflectiveOperationException;
  }

  private ServerUnderTest start(Start start) throws Exception {
    LibraryLoader loader =
        LOADERS.computeIfAbsent(
            test, key -> new LibraryLoader(library.classPath(), SERVER, JAVAX, JAKARTA));
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    // Undertow's XNIO is found as a service, by the class loader of the application.
    thread.setContextClassLoader(loader);
    try {
      return (ServerUnderTest) start.by(loader);
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
