package io.endomesh.testkit;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Loads one version of a library, and the test's own code that uses it, as an application's class
 * loader would: what it has comes first. So one JVM can test several versions, and each is woven.
 * Thread-safe.
 */
public final class LibraryLoader extends URLClassLoader {

  static {
    registerAsParallelCapable();
  }

  private final List<String> own;

  /**
   * @param jars of the library, separated as a class path is
   * @param ownPrefixes of class names of the test that use the library
   */
  public LibraryLoader(String jars, String... ownPrefixes) {
    super(urls(jars), LibraryLoader.class.getClassLoader());
    this.own = List.of(ownPrefixes);
  }

  private static URL[] urls(String jars) {
    return Arrays.stream(jars.split(File.pathSeparator))
        .map(
            jar -> {
              try {
                return new File(jar).toURI().toURL();
              } catch (MalformedURLException e) {
                throw new IllegalArgumentException("jar: " + jar + " (expected: a path)", e);
              }
            })
        .toArray(URL[]::new);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      if (own.stream().anyMatch(name::startsWith)) {
        return define(name);
      }
      if (findResource(name.replace('.', '/') + ".class") != null) {
        return findClass(name);
      }
      return super.loadClass(name, resolve);
    }
  }

  @Override
  public @Nullable URL getResource(String name) {
    URL ofLibrary = findResource(name);
    return ofLibrary != null ? ofLibrary : super.getResource(name);
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    String resource = name.replace('.', '/') + ".class";
    try (InputStream in = getParent().getResourceAsStream(resource)) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = in.readAllBytes();
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
