package io.endomesh.weaving;

import io.endomesh.dataplane.AgentThread;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Gets the {@link Weaver} ready at the first hit, on a thread of its own, and weaves afterwards
 * what could not be woven while it was loaded. Thread-safe.
 *
 * <p>Three kinds of classes come too early: those loaded before the agent, those that the JVM
 * itself loads in the middle of a transformation (it asks no transformer about them), and the JVM's
 * own while Byte Buddy is loading, which may be waiting for that very class.
 */
final class Loom {

  /**
   * How long the load of an application's class waits for Byte Buddy. Loading it takes half a
   * second, so this is only ever reached in a deadlock, which it then ends; the class is woven
   * afterwards.
   */
  private static final long MAX_WAIT_SECONDS = 5;

  /** Hits come in bursts; one look at all loaded classes after each burst is enough. */
  private static final long QUIET_MILLIS = 100;

  private final Instrumentations instrumentations;
  private final ClassLoader agentLoader;
  private final java.lang.instrument.Instrumentation jvm;

  private final AtomicBoolean started = new AtomicBoolean();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final Semaphore sweepWanted = new Semaphore(0);

  /** Null until ready, and for good if it could not be made. */
  private volatile @Nullable Weaver weaver;

  /** Names of classes that were given to the weaver. Guarded by itself; holds no loader. */
  private final Map<@Nullable ClassLoader, Set<String>> seen = new WeakHashMap<>();

  Loom(
      Instrumentations instrumentations,
      ClassLoader agentLoader,
      java.lang.instrument.Instrumentation jvm) {
    this.instrumentations = instrumentations;
    this.agentLoader = agentLoader;
    this.jvm = jvm;
  }

  /** Called once, after the transformer is in place: whatever is loaded later comes through it. */
  void startIfAnyIsLoaded() {
    Class<?> @Nullable [] loaded = jvm.getAllLoadedClasses();
    if (loaded == null) {
      return; // The JVM is ending, and its tool interface answers no more.
    }
    for (Class<?> type : loaded) {
      if (instrumentations.wakeWeaver(type.getName())) {
        start();
        return;
      }
    }
  }

  /** Returns when classes can be woven, or after as long as the load of a class would wait. */
  void startNow() {
    start();
    await();
  }

  byte @Nullable [] weave(@Nullable ClassLoader loader, String type, byte[] original) {
    try {
      if (!started.get() && !instrumentations.wakeWeaver(type)) {
        return null; // The first sweep finds it.
      }
      start();
      // Byte Buddy may be waiting for a class of the JVM: never wait while loading one.
      Weaver current = loader == null || Weaving.onAgentThread() ? weaver : await();
      if (current == null) {
        return null;
      }
      see(loader, type);
      byte[] woven = current.weave(loader, type, original);
      sweepWanted.release();
      return woven;
    } catch (Throwable failure) {
      Suppressed.failedTransformation(type, failure);
      return null;
    }
  }

  private void start() {
    if (started.compareAndSet(false, true)) {
      new AgentThread(this::run, "weaving").start();
    }
  }

  private @Nullable Weaver await() {
    Weaver current = weaver;
    if (current != null) {
      return current;
    }
    boolean interrupted = false;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_WAIT_SECONDS);
    while (true) {
      try {
        if (!ready.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          AgentLog.warnOnce(
              "loom", "weaving was not ready after 5 s; classes are woven when it is");
        }
        break;
      } catch (InterruptedException e) {
        interrupted = true; // Loading a class cannot be interrupted; handed on below.
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return weaver;
  }

  private void run() {
    try {
      weaver = new Weaver(instrumentations, agentLoader, jvm);
    } catch (Throwable failure) {
      AgentLog.error("weaving could not start, the application runs without the mesh: " + failure);
      Suppressed.report(failure);
      return;
    } finally {
      ready.countDown();
    }
    try {
      while (true) {
        sweep();
        sweepWanted.acquire();
        boolean more = true;
        while (more) {
          more = sweepWanted.tryAcquire(QUIET_MILLIS, TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException e) {
      AgentLog.debug("weaving was interrupted; classes loaded too early stay as they are");
    }
  }

  /**
   * Weaves what is loaded and has not been given to the weaver: libraries first, because calls that
   * they make meanwhile go past the mesh, then what only carries contexts.
   */
  private void sweep() {
    List<Class<?>> libraries = new ArrayList<>();
    List<Class<?>> others = new ArrayList<>();
    Class<?> @Nullable [] loaded = jvm.getAllLoadedClasses();
    if (loaded == null) {
      return; // The JVM is ending, and its tool interface answers no more.
    }
    for (Class<?> type : loaded) {
      if (instrumentations.types().contains(type.getName())
          && type.getClassLoader() != agentLoader
          && !(type.getClassLoader() instanceof PluginLoader)
          && !hasSeen(type)) {
        see(type.getClassLoader(), type.getName());
        if (jvm.isModifiableClass(type)) {
          (instrumentations.wakeWeaver(type.getName()) ? libraries : others).add(type);
        }
      }
    }
    retransform(libraries);
    retransform(others);
  }

  /**
   * All at once, because the JVM stands still for each request as long as it takes to walk all its
   * classes, tens of milliseconds, however many are named in it. One class that cannot be rewritten
   * undoes a request; only then they are asked for one by one.
   */
  private void retransform(List<Class<?>> types) {
    if (types.isEmpty()) {
      return;
    }
    try {
      jvm.retransformClasses(types.toArray(Class<?>[]::new));
    } catch (Throwable failure) {
      if (types.size() == 1) {
        Suppressed.failedTransformation(types.get(0).getName(), failure);
      } else {
        types.forEach(type -> retransform(List.of(type)));
      }
    }
  }

  private boolean hasSeen(Class<?> type) {
    synchronized (seen) {
      Set<String> names = seen.get(type.getClassLoader());
      return names != null && names.contains(type.getName());
    }
  }

  private void see(@Nullable ClassLoader loader, String type) {
    synchronized (seen) {
      seen.computeIfAbsent(loader, key -> new HashSet<>()).add(type);
    }
  }
}
