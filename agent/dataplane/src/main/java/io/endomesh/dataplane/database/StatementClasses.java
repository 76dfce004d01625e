package io.endomesh.dataplane.database;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A set of {@link StatementClass}es that is compared without an allocation. Immutable.
 *
 * @param bits one for each, by ordinal
 */
public record StatementClasses(int bits) {

  /** Of a statement that touches no data: it begins or ends a transaction, or sets a time zone. */
  public static final StatementClasses NONE = new StatementClasses(0);

  public static StatementClasses of(StatementClass... classes) {
    return of(List.of(classes));
  }

  public static StatementClasses of(Collection<StatementClass> classes) {
    int bits = 0;
    for (StatementClass each : classes) {
      bits |= 1 << each.ordinal();
    }
    return new StatementClasses(bits);
  }

  public StatementClasses and(StatementClasses other) {
    return new StatementClasses(bits | other.bits);
  }

  /** True if there is none here that is not there. */
  public boolean within(StatementClasses permitted) {
    return (bits & ~permitted.bits) == 0;
  }

  /** True if there is one that is here and there. */
  public boolean meets(StatementClasses others) {
    return (bits & others.bits) != 0;
  }

  /** {@code READ, WRITE}, in the order of the enum. */
  @Override
  public String toString() {
    List<String> names = new ArrayList<>();
    for (StatementClass each : StatementClass.values()) {
      if ((bits & 1 << each.ordinal()) != 0) {
        names.add(each.name());
      }
    }
    return names.isEmpty() ? "none" : String.join(", ", names);
  }
}
