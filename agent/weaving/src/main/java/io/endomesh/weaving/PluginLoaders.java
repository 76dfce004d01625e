package io.endomesh.weaving;

import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One {@link PluginLoader} for each instrumentation and class loader of the application.
 * Thread-safe.
 *
 * <p>A plugin loader refers to the application's loader, so nothing here may hold it: the woven
 * classes do, and both go together when a web application is taken out. Only those of the JVM's own
 * classes, which never go, are held.
 */
final class PluginLoaders {

  private final ClassLoader agentLoader;
  private final java.lang.instrument.Instrumentation jvm;
  private final Map<String, PluginLoader> ofJvm = new HashMap<>();
  private final Map<ClassLoader, Map<String, WeakReference<PluginLoader>>> ofApplication =
      new WeakHashMap<>();

  /** What each woven class holds, as long as it lives and through every retransformation. */
  private final ClassValue<Set<PluginLoader>> held =
      new ClassValue<>() {
        @Override
        protected Set<PluginLoader> computeValue(Class<?> type) {
          return Collections.synchronizedSet(new HashSet<>());
        }
      };

  PluginLoaders(ClassLoader agentLoader, java.lang.instrument.Instrumentation jvm) {
    this.agentLoader = agentLoader;
    this.jvm = jvm;
  }

  /** The loader for advice on {@code woven}, which holds it from now on. */
  PluginLoader of(AdviceCode code, Class<?> woven) {
    PluginLoader loader = find(code, woven);
    held.get(woven).add(loader);
    return loader;
  }

  private synchronized PluginLoader find(AdviceCode code, Class<?> woven) {
    String name = code.instrumentation().name();
    ClassLoader library = woven.getClassLoader();
    if (library == null) {
      PluginLoader loader = ofJvm.get(name);
      if (loader == null) {
        loader = create(code, woven);
        ofJvm.put(name, loader);
      }
      return loader;
    }
    Map<String, WeakReference<PluginLoader>> loaders =
        ofApplication.computeIfAbsent(library, key -> new HashMap<>());
    WeakReference<PluginLoader> reference = loaders.get(name);
    PluginLoader loader = reference == null ? null : reference.get();
    if (loader == null) {
      loader = create(code, woven);
      loaders.put(name, new WeakReference<>(loader));
    }
    return loader;
  }

  private PluginLoader create(AdviceCode code, Class<?> woven) {
    PluginLoader loader = new PluginLoader(code, agentLoader, woven.getClassLoader());
    code.instrumentation()
        .opens()
        .forEach((module, packages) -> open(module, packages, woven, loader.getUnnamedModule()));
    return loader;
  }

  /** To our advice only, never to all unnamed modules. */
  private void open(String moduleName, List<String> packages, Class<?> woven, Module advice) {
    Module module = module(moduleName, woven);
    if (module == null) {
      return; // The library runs on the class path: nothing is closed.
    }
    Map<String, Set<Module>> opens = new HashMap<>();
    for (String packageName : packages) {
      opens.put(packageName, Set.of(advice));
    }
    jvm.redefineModule(module, Set.of(), opens, opens, Set.of(), Map.of());
  }

  private static @Nullable Module module(String name, Class<?> woven) {
    if (name.equals(woven.getModule().getName())) {
      return woven.getModule();
    }
    return ModuleLayer.boot().findModule(name).orElse(null);
  }
}
