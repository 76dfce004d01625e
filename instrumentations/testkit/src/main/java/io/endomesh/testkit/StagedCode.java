package io.endomesh.testkit;

import java.lang.reflect.Constructor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The test's own code that uses a staged library, in a class loader together with it, as an
 * application's. Thread-safe.
 */
public final class StagedCode {

  /** Loaded once for all tests of a class, as by an application. */
  private static final Map<Class<?>, StagedCode> OF_TESTS = new ConcurrentHashMap<>();

  private final LibraryLoader loader;

  /**
   * @param jars of the library, separated as a class path is
   * @param ownPackages with their last dot: what the test has in them, or below, is loaded with it
   */
  public StagedCode(String jars, String... ownPackages) {
    loader = new LibraryLoader(jars, ownPackages);
  }

  /** On the library that the {@link Library} of a test names; asked again, it is the same. */
  public static StagedCode of(Class<?> test, String... ownPackages) {
    return OF_TESTS.computeIfAbsent(
        test, type -> new StagedCode(StagedLibrary.of(type).classPath(), ownPackages));
  }

  /**
   * Makes what a test asks for on the library that its {@link Library} names.
   *
   * @param name binary name of a class with one public constructor; all that is in its package, or
   *     below, is loaded with the library
   * @param arguments of the constructor
   * @throws IllegalStateException if there is no such class, or its constructor throws
   */
  public static <T> T make(Class<?> test, Class<T> as, String name, Object... arguments) {
    return of(test, name.substring(0, name.lastIndexOf('.') + 1)).make(as, name, arguments);
  }

  /** As {@link #make(Class, Class, String, Object...)}, also for a class of the library. */
  public <T> T make(Class<T> as, String name, Object... arguments) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    // Libraries find their services by the class loader of the application's thread.
    thread.setContextClassLoader(loader);
    try {
      Constructor<?>[] constructors = loader.loadClass(name).getConstructors();
      if (constructors.length != 1) {
        throw new IllegalStateException(
            name + ": " + constructors.length + " public constructors (expected: one)");
      }
      return as.cast(constructors[0].newInstance(arguments));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(name + ": cannot be made of the staged library", e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
