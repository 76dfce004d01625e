package io.endomesh.controller.etcd;

import io.endomesh.controller.ca.SecretStore;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.AuditQuery;
import io.endomesh.controller.store.Change;
import io.endomesh.controller.store.Item;
import io.endomesh.controller.store.Plan;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.store.StoreUnreadable;
import io.endomesh.controller.store.Write;
import io.endomesh.proto.etcd.RangeResponse;
import io.endomesh.proto.etcd.RequestOp;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store in etcd, which this controller alone writes to. Resources, facts and secrets are in
 * memory as well: a controller that is cut from etcd goes on with what it knows, writes nothing,
 * and says so. Thread-safe.
 */
public final class EtcdResourceStore implements ResourceStore, SecretStore {

  private static final Logger log = LoggerFactory.getLogger(EtcdResourceStore.class);

  /** As {@code AuditTable} has it in SQLite. */
  private static final int MAX_DENIED = 100_000;

  /** Operations in one transaction; etcd takes 128, unless it is told otherwise. */
  private static final int BATCH = 100;

  private static final long RENEW_MILLIS = Tenure.TTL.toMillis() / 5;

  private final EtcdAddress address;
  private final EtcdClient client;
  private final EtcdKeys keys;
  private final Tenure tenure;
  private final EtcdWriter writer;
  private final EtcdLog reader;
  private final Clock clock;
  private final List<Consumer<Resources>> listeners = new CopyOnWriteArrayList<>();
  private final CompletableFuture<String> lost = new CompletableFuture<>();
  private final ScheduledExecutorService keeper;

  /** Guards writes, and keeps notifications in their order. */
  private final Object lock = new Object();

  private volatile Resources resources;
  private final NavigableMap<String, String> facts;
  private final NavigableMap<String, String> secrets;
  private volatile @Nullable String trouble;
  private long lastAudit;
  private long denied;
  private boolean closed;

  private EtcdResourceStore(
      EtcdAddress address, EtcdClient client, EtcdKeys keys, Tenure tenure, Clock clock)
      throws EtcdException, IOException {
    this.address = address;
    this.client = client;
    this.keys = keys;
    this.tenure = tenure;
    this.clock = clock;
    this.writer = new EtcdWriter(client, keys, tenure);
    this.reader = new EtcdLog(client, keys);
    this.resources = writer.open();
    this.facts = new ConcurrentSkipListMap<>(writer.texts(keys.facts()));
    this.secrets = new ConcurrentSkipListMap<>(writer.texts(keys.secrets()));
    this.denied = writer.count(keys.audit(true));
    this.keeper =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "endomesh-etcd");
              thread.setDaemon(true);
              return thread;
            });
    keeper.scheduleWithFixedDelay(this::keep, RENEW_MILLIS, RENEW_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Opens the store, once nobody else has it.
   *
   * @param name of this controller, for people
   * @param standBy whether to wait for a controller that has it; else that is an error
   * @throws IOException with a sentence
   */
  public static EtcdResourceStore open(
      EtcdAddress address, String name, boolean standBy, Clock clock) throws IOException {
    EtcdClient client = new EtcdClient(address);
    try {
      EtcdWriter.requireVersion(client, address);
      EtcdKeys keys = new EtcdKeys(address.prefix());
      Tenure tenure = Tenure.begin(client, keys, name, standBy);
      try {
        return new EtcdResourceStore(address, client, keys, tenure, clock);
      } catch (EtcdException | IOException e) {
        tenure.end();
        throw e;
      }
    } catch (EtcdException e) {
      client.close();
      throw new IOException(
          e.getMessage()
              + (e.isUnreachable() ? " (expected: etcd 3.4 or newer that answers there)" : ""),
          e);
    } catch (IOException e) {
      client.close();
      throw e;
    }
  }

  /**
   * A secret as it lies there, also while a controller is active.
   *
   * @throws IOException with a sentence, also if there is none
   */
  public static String secret(EtcdAddress address, String name) throws IOException {
    try (EtcdClient client = new EtcdClient(address)) {
      RangeResponse found =
          client.range(EtcdKeys.one(new EtcdKeys(address.prefix()).secret(name)).build());
      if (found.getKvsCount() == 0) {
        throw new IOException(
            "store: "
                + address
                + ": no "
                + name
                + " there (expected: a store that a controller was started on)");
      }
      return found.getKvs(0).getValue().toStringUtf8();
    } catch (EtcdException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Done, with a sentence, once another controller writes: this one has to end. */
  public CompletableFuture<String> lost() {
    return lost;
  }

  @Override
  public Resources resources() {
    return resources;
  }

  @Override
  public @Nullable String trouble() {
    return trouble;
  }

  @Override
  public Resources write(String author, List<Write> writes) throws StoreException {
    return write(author, null, writes);
  }

  @Override
  public Resources write(Actor actor, List<Write> writes) throws StoreException {
    return write(actor.name(), actor, writes);
  }

  private Resources write(String author, @Nullable Actor actor, List<Write> writes)
      throws StoreException {
    synchronized (lock) {
      Resources before = resources;
      Instant now = clock.instant();
      Plan plan = Plan.of(before, author, actor == null ? "" : actor.why(), writes, now);
      if (plan.after() == before) {
        return before;
      }
      doing("nothing was applied, as far as is known", () -> writer.write(plan, actor, now));
      become(plan.after());
      tell(author, plan);
      return plan.after();
    }
  }

  private void become(Resources after) {
    resources = after;
    for (Consumer<Resources> listener : listeners) {
      listener.accept(after);
    }
  }

  private static void tell(String author, Plan plan) {
    String first = plan.changes().get(0).key().toString();
    int more = plan.changes().size() - 1;
    String all = more == 0 ? first : first + " and " + more + " more";
    log.atInfo()
        .addKeyValue("actor", author)
        .addKeyValue("resource", all)
        .addKeyValue("revision", plan.after().revision())
        .log("{} changed {}", author, all);
  }

  @Override
  public List<Change> history(@Nullable ResourceKey key, int limit) {
    return reading(() -> reader.history(key, limit, resources.revision()));
  }

  @Override
  public List<Change> ofRevision(long revision) {
    return revision > resources.revision() ? List.of() : reading(() -> reader.ofRevision(revision));
  }

  @Override
  public Watch watch(Consumer<Resources> listener) {
    synchronized (lock) {
      listeners.add(listener);
      listener.accept(resources);
    }
    return () -> listeners.remove(listener);
  }

  @Override
  public Optional<String> fact(String name) {
    return Optional.ofNullable(facts.get(name));
  }

  @Override
  public Map<String, String> facts(String prefix) {
    Map<String, String> some = new TreeMap<>();
    for (Map.Entry<String, String> fact : facts.tailMap(prefix, true).entrySet()) {
      if (!fact.getKey().startsWith(prefix)) {
        break;
      }
      some.put(fact.getKey(), fact.getValue());
    }
    return some;
  }

  @Override
  public void putFact(String name, String value) throws StoreException {
    changeFact(name, value, List.of());
  }

  @Override
  public void removeFact(String name) throws StoreException {
    changeFact(name, null, List.of());
  }

  @Override
  public void putFact(String name, String value, AuditEntry entry) throws StoreException {
    changeFact(name, value, List.of(entry));
  }

  @Override
  public void removeFact(String name, AuditEntry entry) throws StoreException {
    changeFact(name, null, List.of(entry));
  }

  private void changeFact(String name, @Nullable String value, List<AuditEntry> entries)
      throws StoreException {
    synchronized (lock) {
      if (entries.isEmpty() && Objects.equals(facts.get(name), value)) {
        return;
      }
      List<RequestOp> ops = lines(entries);
      ops.add(
          value == null ? EtcdKeys.delete(keys.fact(name)) : EtcdKeys.put(keys.fact(name), value));
      doing("nothing was kept", () -> writer.held(ops));
      put(facts, name, value);
    }
  }

  private static void put(Map<String, String> all, String name, @Nullable String value) {
    if (value == null) {
      all.remove(name);
    } else {
      all.put(name, value);
    }
  }

  @Override
  public @Nullable String read(String name) {
    return secrets.get(name);
  }

  @Override
  public void write(String name, @Nullable String content) throws IOException {
    synchronized (lock) {
      try {
        doing(
            "nothing was kept",
            () ->
                writer.held(
                    List.of(
                        content == null
                            ? EtcdKeys.delete(keys.secret(name))
                            : EtcdKeys.put(keys.secret(name), content))));
      } catch (StoreException e) {
        throw new IOException(e.getMessage(), e);
      }
      put(secrets, name, content);
    }
  }

  @Override
  public void append(List<AuditEntry> entries) throws StoreException {
    synchronized (lock) {
      List<RequestOp> ops = lines(entries);
      doing(
          "nothing was kept",
          () -> {
            for (int from = 0; from < ops.size(); from += BATCH) {
              writer.held(ops.subList(from, Math.min(ops.size(), from + BATCH)));
            }
            denied += entries.stream().filter(AuditEntry::denied).count();
            if (denied > MAX_DENIED + BATCH) {
              denied -= writer.removeFirst(keys.audit(true), denied - MAX_DENIED);
            }
          });
    }
  }

  private List<RequestOp> lines(List<AuditEntry> entries) {
    List<RequestOp> ops = new ArrayList<>();
    for (AuditEntry entry : entries) {
      Instant now = clock.instant();
      Instant at = entry.at();
      // Never twice the same, whatever the clock does.
      lastAudit = Math.max(lastAudit + 1, now.toEpochMilli() * 1_000);
      ops.add(
          EtcdKeys.put(
              keys.audit(entry.denied()) + auditName(lastAudit),
              Records.text(new Item.Audited(entry.at(at == null ? now : at, entry.times())))));
    }
    return ops;
  }

  static String auditName(long micros) {
    return EtcdKeys.padded(micros / 1_000) + "-" + String.format("%03d", micros % 1_000);
  }

  @Override
  public List<AuditEntry> audit(AuditQuery query) {
    return reading(() -> reader.audit(query));
  }

  @Override
  public Snapshot snapshot() throws IOException {
    synchronized (lock) {
      try {
        doing("nothing was read", writer::finish);
        return new EtcdSnapshot(client, keys, client.range(EtcdKeys.one(keys.format()).build()));
      } catch (StoreException | EtcdException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }

  private interface Step {
    void make() throws EtcdException, IOException;
  }

  private interface Question<T> {
    T ask() throws EtcdException, IOException;
  }

  /** Under the lock. */
  private void doing(String consequence, Step change) throws StoreException {
    String known = trouble;
    if (known != null) {
      throw new StoreException.Unavailable(known + "; nothing was changed", null, true);
    }
    try {
      change.make();
    } catch (EtcdWriter.Lost e) {
      lose(String.valueOf(e.getMessage()));
      throw new StoreException.Unavailable(e.getMessage() + "; nothing was changed", e, true);
    } catch (EtcdException e) {
      if (e.isUnreachable()) {
        cut(e);
      }
      throw new StoreException.Unavailable(
          e.getMessage() + "; " + consequence, e, e.isUnreachable());
    } catch (IOException e) {
      throw new StoreException.Unavailable(e.getMessage() + "; " + consequence, e);
    }
  }

  private <T> T reading(Question<T> question) {
    String known = trouble;
    if (known != null) {
      throw new StoreUnreadable(known, null);
    }
    try {
      return question.ask();
    } catch (EtcdException | IOException e) {
      throw new StoreUnreadable(e.getMessage(), e);
    }
  }

  private void cut(EtcdException e) {
    if (trouble == null) {
      trouble =
          e.getMessage()
              + " since "
              + clock.instant()
              + "; what was known then is served, and nothing can be changed";
      log.warn("{}", trouble);
    }
  }

  private void lose(String sentence) {
    trouble = sentence;
    if (lost.complete(sentence)) {
      log.error("{}", sentence);
    }
  }

  private void keep() {
    if (lost.isDone()) {
      return;
    }
    try {
      if (!tenure.renew()) {
        lose(
            "store: "
                + address
                + ": another controller, "
                + Tenure.holder(client, keys)
                + ", took over while this one was cut off (expected: this one ends, and stands by"
                + " when it is started again)");
      } else if (trouble != null) {
        synchronized (lock) {
          settle();
          trouble = null;
        }
        log.info("etcd answers again");
      }
    } catch (EtcdException e) {
      cut(e);
    } catch (IOException | RuntimeException e) {
      // The timer would never run again.
      log.error("etcd: {}", e.getMessage(), e);
    }
  }

  /**
   * What was on its way when etcd went: resources may have been written, and then count. Parts of
   * the controller were told that a fact was not kept, so it is not.
   */
  private void settle() throws EtcdException, IOException {
    Resources now = writer.open();
    if (now.revision() != resources.revision()) {
      become(now);
    }
    writer.restore(keys.facts(), facts);
    writer.restore(keys.secrets(), secrets);
  }

  @Override
  public void close() {
    keeper.shutdownNow();
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      if (!lost.isDone()) {
        tenure.end();
      }
      trouble = "store: " + address + " is closed";
    }
    client.close();
  }
}
