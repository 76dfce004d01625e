package io.endomesh.weaving;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The class loader of one instrumentation's advice for one class loader of the application: defines
 * the advice itself, takes our other classes from the agent, and everything else from where the
 * library is. Thread-safe.
 */
final class PluginLoader extends ClassLoader {

  private static final String AGENT_CLASSES = "io.endomesh.";

  static {
    registerAsParallelCapable();
  }

  private final AdviceCode code;
  private final ClassLoader agentLoader;
  private final ClassLoader library;

  /**
   * @param library null for the JVM's own classes
   */
  PluginLoader(AdviceCode code, ClassLoader agentLoader, @Nullable ClassLoader library) {
    super("endomesh-" + code.instrumentation().name(), null);
    this.code = code;
    this.agentLoader = agentLoader;
    this.library = library == null ? ClassLoader.getPlatformClassLoader() : library;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (code.owns(name)) {
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : findClass(name);
      }
    }
    return (name.startsWith(AGENT_CLASSES) ? agentLoader : library).loadClass(name);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    try {
      byte[] bytes = code.read(name);
      if (bytes != null) {
        return defineClass(name, bytes, 0, bytes.length);
      }
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
    throw new ClassNotFoundException(name);
  }
}
