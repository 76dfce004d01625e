package io.endomesh.weaving;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Connects woven call sites to advice, at their first use. Thread-safe.
 *
 * <p>Linking loads classes, and loading runs application code (its class loaders), which may be
 * woven itself. Such nested call sites do nothing until the outer one is linked; then they are
 * connected, too.
 */
final class AdviceLinker {

  private record Deferred(
      MutableCallSite site,
      Class<?> woven,
      String method,
      String instrumentation,
      String advice,
      String descriptor) {}

  private final Map<String, AdviceCode> codes;
  private final PluginLoaders loaders;

  /** The nested call sites of the link that runs on this thread; unset if none runs. */
  private final ThreadLocal<List<Deferred>> deferred = new ThreadLocal<>();

  AdviceLinker(Map<String, AdviceCode> codes, PluginLoaders loaders) {
    this.codes = codes;
    this.loaders = loaders;
  }

  /** The handle that the bridge calls for every call site. */
  MethodHandle handle() throws ReflectiveOperationException {
    return MethodHandles.lookup()
        .bind(
            this,
            "link",
            MethodType.methodType(
                CallSite.class,
                MethodHandles.Lookup.class,
                String.class,
                MethodType.class,
                Object[].class));
  }

  /**
   * @param arguments name of the instrumentation, name of the advice class, and descriptor of its
   *     method, as {@link Weaver} put them in
   */
  CallSite link(MethodHandles.Lookup caller, String method, MethodType type, Object[] arguments)
      throws Throwable {
    String instrumentation = (String) arguments[0];
    String advice = (String) arguments[1];
    String descriptor = (String) arguments[2];
    Class<?> woven = caller.lookupClass();
    List<Deferred> outer = deferred.get();
    if (outer != null) {
      MutableCallSite site = new MutableCallSite(MethodHandles.empty(type));
      outer.add(new Deferred(site, woven, method, instrumentation, advice, descriptor));
      return site;
    }
    List<Deferred> nested = new ArrayList<>();
    deferred.set(nested);
    try {
      return new ConstantCallSite(
          resolve(woven, method, instrumentation, advice, descriptor).asType(type));
    } finally {
      try {
        linkDeferred(nested);
      } finally {
        deferred.remove();
      }
    }
  }

  private void linkDeferred(List<Deferred> nested) {
    // By index: linking one may add others.
    for (int i = 0; i < nested.size(); i++) {
      Deferred next = nested.get(i);
      MutableCallSite site = next.site();
      try {
        site.setTarget(
            resolve(
                    next.woven(),
                    next.method(),
                    next.instrumentation(),
                    next.advice(),
                    next.descriptor())
                .asType(site.type()));
        MutableCallSite.syncAll(new MutableCallSite[] {site});
      } catch (Throwable failure) {
        Suppressed.report(failure); // This site keeps doing nothing.
      }
    }
  }

  private MethodHandle resolve(
      Class<?> woven, String method, String instrumentation, String advice, String descriptor)
      throws ReflectiveOperationException {
    AdviceCode code = codes.get(instrumentation);
    if (code == null) {
      throw new IllegalStateException(
          "instrumentation: " + instrumentation + " (expected: a known one)");
    }
    PluginLoader loader = loaders.of(code, woven);
    // Initialized here, so that a failing initializer fails the link, once, and not every call.
    Class<?> adviceClass = Class.forName(advice, true, loader);
    MethodType type = MethodType.fromMethodDescriptorString(descriptor, loader);
    // A lookup in the advice class: looked up from ours, library types in the signature would have
    // to mean the same in the agent's loader.
    return MethodHandles.privateLookupIn(adviceClass, MethodHandles.lookup())
        .findStatic(adviceClass, method, type);
  }
}
