package io.endomesh.bootstrap;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * The class loader of the agent: reads {@code inst/**.classdata} from the agent jar, where no class
 * path scanner finds classes, and shares nothing but the JDK with the application. Thread-safe.
 */
final class AgentLoader extends ClassLoader {

  /** Short, because it stands in front of every name in the jar's directory in memory. */
  private static final String PREFIX = "inst/";

  /** All our classes and, relocated, all our libraries: never asked of anyone else. */
  private static final String OWN = "io.endomesh.";

  static {
    registerAsParallelCapable();
  }

  private final JarFile jar;
  private final String urlPrefix;

  AgentLoader(File file) throws IOException {
    super("endomesh", ClassLoader.getPlatformClassLoader());
    // Unverified: the jar is not signed, and looking for signatures costs start-up time.
    this.jar = new JarFile(file, false);
    this.urlPrefix = "jar:" + file.toURI() + "!/";
  }

  /**
   * Own classes first. In an application of named modules the platform loader hands out the
   * application's packages, so the parent must not be asked for ours.
   */
  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OWN)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : findClass(name);
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    JarEntry entry = entry(name.replace('.', '/') + ".class");
    if (entry == null) {
      throw new ClassNotFoundException(name);
    }
    try (InputStream in = jar.getInputStream(entry)) {
      byte[] bytes = in.readAllBytes();
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  /** Without a URL, whose handlers and caches belong to the application. */
  @Override
  public @Nullable InputStream getResourceAsStream(String name) {
    JarEntry entry = entry(name);
    if (entry == null) {
      return super.getResourceAsStream(name);
    }
    try {
      return jar.getInputStream(entry);
    } catch (IOException e) {
      return null; // As the contract says of a resource that cannot be read.
    }
  }

  @Override
  protected @Nullable URL findResource(String name) {
    JarEntry entry = entry(name);
    if (entry == null) {
      return null;
    }
    try {
      return new URL(urlPrefix + entry.getName());
    } catch (MalformedURLException e) {
      return null; // An application's own URL handlers do not know "jar:".
    }
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    URL url = findResource(name);
    return url == null ? Collections.emptyEnumeration() : Collections.enumeration(List.of(url));
  }

  private @Nullable JarEntry entry(String name) {
    return jar.getJarEntry(PREFIX + (name.endsWith(".class") ? name + "data" : name));
  }
}
