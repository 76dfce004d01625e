package io.endomesh.testkit;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The system class loader of a JVM in which contracts are held under the packaged agent jar ({@code
 * -Djava.system.class.loader}). Thread-safe.
 *
 * <p>A contract speaks to the agent as a controller would: it publishes routes, and reads what was
 * suppressed. So its {@code Mesh} must be the very class that woven code uses, which lives in the
 * agent's own class loader, out of an application's reach. This loader stands in the application's
 * place and loads the class path as that would, but two packages it takes from the agent. Only what
 * the agent does not have of them, test authorities and the like, comes from the class path; such
 * classes are in another run-time package and see what is public.
 *
 * <p>The JVM makes it before any agent starts; {@link ContractAgent}, behind the agent proper,
 * tells it whose classes to take. Production code knows nothing of it.
 */
public final class ContractLoader extends URLClassLoader {

  private static final List<String> AGENT_PACKAGES =
      List.of("io.endomesh.dataplane.", "io.endomesh.weaving.");

  static {
    registerAsParallelCapable();
  }

  private volatile @Nullable ClassLoader agent;

  /**
   * Called by the JVM.
   *
   * @param builtIn the loader in whose place this one stands; it defines this class, and no other
   */
  public ContractLoader(ClassLoader builtIn) {
    super("contracts", classPath(), builtIn.getParent());
  }

  private static URL[] classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(ContractLoader::url)
        .toArray(URL[]::new);
  }

  private static URL url(String path) {
    try {
      return new File(path).toURI().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("java.class.path: " + path + " (expected: a path)", e);
    }
  }

  /** Called by the JVM, which asks every system class loader so, for the jar of each agent. */
  void appendToClassPathForInstrumentation(String jar) {
    addURL(url(jar));
  }

  /** Public, because {@link ContractAgent} is defined by this loader, and this class is not. */
  public void agent(ClassLoader loader) {
    agent = loader;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (name.equals(ContractLoader.class.getName())) {
      return ContractLoader.class; // The JVM's instance is of this one.
    }
    if (AGENT_PACKAGES.stream().anyMatch(name::startsWith)) {
      ClassLoader loader = agent;
      if (loader == null) {
        throw new ClassNotFoundException(name + " (expected: asked for after ContractAgent ran)");
      }
      try {
        return loader.loadClass(name);
      } catch (ClassNotFoundException e) {
        // A class of the tests in a package of the agent: found below, or nowhere.
      }
    }
    return super.loadClass(name, resolve);
  }
}
