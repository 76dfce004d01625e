package io.endomesh.controller.backup;

import io.endomesh.controller.store.Item;
import io.endomesh.controller.store.ItemSink;
import java.io.IOException;

/** Counts what goes by. Confined to one thread. */
public final class Tally implements ItemSink {

  private final ItemSink next;
  private long resources;
  private long changes;
  private long users;
  private boolean sealed;

  public Tally(ItemSink next) {
    this.next = next;
  }

  /** What went by. */
  public record Counts(long resources, long changes, long users) {
    @Override
    public String toString() {
      return resources + " resources, " + changes + " changes, " + users + " users";
    }
  }

  @Override
  public void take(Item item) throws IOException {
    if (item instanceof Item.Current) {
      resources++;
    } else if (item instanceof Item.Past) {
      changes++;
    } else if (item instanceof Item.Fact fact && fact.name().startsWith("user/")) {
      users++;
    } else if (item instanceof Item.Secret secret && secret.name().equals(DataFiles.SEAL)) {
      sealed = true;
    }
    next.take(item);
  }

  /** Whether the key that secrets are sealed with was among them. */
  public boolean isSealed() {
    return sealed;
  }

  public Counts counts() {
    return new Counts(resources, changes, users);
  }
}
