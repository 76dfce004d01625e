package io.endomesh.controller.store;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What was applied, durable and versioned, and small facts that parts of the controller keep.
 * Thread-safe.
 */
public interface ResourceStore extends AutoCloseable {

  /** What is stored now; reads no disk. */
  Resources resources();

  /**
   * Does all writes, or none. Writes that change nothing leave revision and history as they are.
   *
   * @param author for the history
   * @return the resources after it
   */
  Resources write(String author, List<Write> writes) throws StoreException;

  /**
   * As {@link #write(String, List)}, and what each write did is in the audit log as well, both or
   * neither.
   */
  Resources write(Actor actor, List<Write> writes) throws StoreException;

  /**
   * Newest first.
   *
   * @param key null for all
   */
  List<Change> history(@Nullable ResourceKey key, int limit);

  /** All that one write did; empty if there was no such revision. */
  default List<Change> ofRevision(long revision) {
    return history(null, Integer.MAX_VALUE).stream()
        .filter(change -> change.revision() == revision)
        .toList();
  }

  /**
   * Calls {@code listener} after each change, in order, with all resources; and once at the
   * registration. It must be quick.
   */
  Watch watch(Consumer<Resources> listener);

  /** A named value of a part of the controller: {@code registry/live}. */
  Optional<String> fact(String name);

  /** Facts whose names begin with {@code prefix}, by full name. */
  Map<String, String> facts(String prefix);

  void putFact(String name, String value) throws StoreException;

  void removeFact(String name) throws StoreException;

  /** As {@link #putFact(String, String)}, with its line in the audit log, both or neither. */
  void putFact(String name, String value, AuditEntry entry) throws StoreException;

  /** As {@link #removeFact(String)}, with its line in the audit log, both or neither. */
  void removeFact(String name, AuditEntry entry) throws StoreException;

  /** Adds to the audit log what was done outside of this store, or not done at all. */
  void append(List<AuditEntry> entries) throws StoreException;

  /** Newest first. */
  List<AuditEntry> audit(AuditQuery query);

  /** Why nothing can be written now, in a sentence; null if it can, as far as is known. */
  @Nullable String trouble();

  /**
   * All that is in it, as it is at one moment; writes go on after that.
   *
   * @throws IOException with a sentence
   */
  Snapshot snapshot() throws IOException;

  @Override
  void close();

  /** What a store held at one moment. Confined to one thread. */
  interface Snapshot extends AutoCloseable {

    /**
     * @throws IOException with a sentence, or what {@code sink} throws
     */
    void read(ItemSink sink) throws IOException;

    @Override
    void close() throws IOException;
  }

  /** Ends a watch. */
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}
