package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.DepartmentPolicy;
import io.endomesh.controller.kinds.InboundPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is decided between departments, as a table. Stateless. */
public final class DepartmentMatrix {

  /** What becomes of calls from one department to another. */
  public enum Decision {
    /** Nothing is said; the policies of the called services decide. */
    OPEN,
    /** A line says so; the policies of the called services may still refuse. */
    ALLOWED,
    /** Refused, except what a policy of the called services allows. */
    DEFAULT,
    /** Refused. */
    DENIED,
    /** The namespaces of the departments differ. */
    MIXED
  }

  /**
   * @param by what decides; null if nothing is said, or several do
   * @param dryRun policy that would deny it; null if none would
   */
  public record Cell(
      String source,
      String destination,
      Decision decision,
      @Nullable String by,
      @Nullable String dryRun) {}

  private DepartmentMatrix() {}

  /** Names of departments, sorted, and their namespaces. */
  public static SortedMap<String, List<String>> departments(MeshModel model) {
    return model
        .departments()
        .all(
            model.services().stream()
                .map(service -> service.key().namespace())
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  /** Of each department to each other. */
  public static List<Cell> of(MeshModel model) {
    Map<String, List<String>> departments = departments(model);
    List<Cell> cells = new ArrayList<>();
    for (String source : departments.keySet()) {
      for (String destination : departments.keySet()) {
        if (!source.equals(destination)) {
          cells.add(cell(model, departments, source, destination));
        }
      }
    }
    return cells;
  }

  /**
   * @param source one of {@link #departments}, or a namespace
   * @param destination as source
   */
  public static Cell cell(MeshModel model, String source, String destination) {
    return cell(model, departments(model), source, destination);
  }

  private static Cell cell(
      MeshModel model, Map<String, List<String>> departments, String source, String destination) {
    Cell cell = null;
    for (String from : departments.getOrDefault(source, List.of(source))) {
      for (String to : departments.getOrDefault(destination, List.of(destination))) {
        if (from.equals(to)) {
          continue;
        }
        Cell one = decide(model, source, destination, from, to);
        if (cell != null && !cell.equals(one)) {
          return new Cell(source, destination, Decision.MIXED, null, null);
        }
        cell = one;
      }
    }
    return cell == null ? new Cell(source, destination, Decision.OPEN, null, null) : cell;
  }

  private static Cell decide(
      MeshModel model, String source, String destination, String from, String to) {
    String denied = unreadable(model);
    if (denied == null) {
      denied = denied(model, from, to, /* dryRun= */ false);
    }
    String dryRun = denied == null ? denied(model, from, to, /* dryRun= */ true) : null;
    if (denied != null) {
      return new Cell(source, destination, Decision.DENIED, denied, null);
    }
    Departments.Allowed allowed = model.departments().allowed(to, /* dryRun= */ false);
    if (allowed != null) {
      return new Cell(source, destination, Decision.ALLOWED, name(allowed.policy()), dryRun);
    }
    InboundPolicy byDefault = model.inboundPolicies().denying(to, Map.of());
    return byDefault == null
        ? new Cell(source, destination, Decision.OPEN, null, dryRun)
        : new Cell(
            source,
            destination,
            Decision.DEFAULT,
            "InboundPolicy/" + byDefault.metadata().namespace() + "/" + byDefault.metadata().name(),
            dryRun);
  }

  /** What cannot be read, and so keeps all namespaces apart; null if nothing does. */
  private static @Nullable String unreadable(MeshModel model) {
    for (Unreadable one : model.unreadable()) {
      if (one.apart()) {
        return one.name();
      }
    }
    return null;
  }

  private static @Nullable String denied(MeshModel model, String from, String to, boolean dryRun) {
    List<String> by = new ArrayList<>();
    model
        .departments()
        .denied(
            to,
            (policy, line) -> {
              if (policy.dryRun() == dryRun
                  && line.namespaces().contains(from) != line.everybodyElse()) {
                by.add(name(policy));
              }
            });
    if (!by.isEmpty()) {
      return by.get(0);
    }
    Departments.Allowed allowed = model.departments().allowed(to, dryRun);
    boolean widens = dryRun && model.departments().allowed(to, /* dryRun= */ false) != null;
    return allowed == null || widens || allowed.namespaces().contains(from)
        ? null
        : name(allowed.policy());
  }

  private static String name(DepartmentPolicy policy) {
    return "DepartmentPolicy/" + policy.metadata().namespace() + "/" + policy.metadata().name();
  }
}
