package io.endomesh.controller.ca;

import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.AuditQuery;
import io.endomesh.controller.store.Change;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.store.Write;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store that keeps facts, and nothing else. */
final class FactsInMemory implements ResourceStore {

  private final Map<String, String> facts = new HashMap<>();

  @Override
  public Optional<String> fact(String name) {
    return Optional.ofNullable(facts.get(name));
  }

  @Override
  public Map<String, String> facts(String prefix) {
    Map<String, String> some = new TreeMap<>(facts);
    some.keySet().removeIf(name -> !name.startsWith(prefix));
    return some;
  }

  @Override
  public void putFact(String name, String value) {
    facts.put(name, value);
  }

  @Override
  public void removeFact(String name) {
    facts.remove(name);
  }

  @Override
  public Resources resources() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Resources write(String author, List<Write> writes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Resources write(Actor actor, List<Write> writes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void putFact(String name, String value, AuditEntry entry) {
    putFact(name, value);
  }

  @Override
  public void removeFact(String name, AuditEntry entry) {
    removeFact(name);
  }

  @Override
  public void append(List<AuditEntry> entries) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<AuditEntry> audit(AuditQuery query) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Change> history(@Nullable ResourceKey key, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Watch watch(Consumer<Resources> listener) {
    throw new UnsupportedOperationException();
  }

  @Override
  public @Nullable String trouble() {
    return null;
  }

  @Override
  public Snapshot snapshot() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
