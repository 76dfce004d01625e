package io.endomesh.controller.analyze;

import io.endomesh.controller.kinds.DepartmentPolicy;
import io.endomesh.controller.kinds.DepartmentPolicy.Line;
import io.endomesh.controller.kinds.PeerAuthentication;
import io.endomesh.controller.translate.AppliedResource;
import io.endomesh.controller.translate.MeshService;
import java.util.List;
import java.util.stream.Stream;

/** Lines between departments, and whether they hold. Stateless. */
final class DepartmentsCheck {

  private DepartmentsCheck() {}

  static void look(
      Estate estate, AppliedResource applied, DepartmentPolicy policy, List<Finding> findings) {
    lines(estate, applied, policy, "spec.deny", policy.deny(), findings);
    lines(estate, applied, policy, "spec.allow", policy.allow(), findings);
  }

  private static void lines(
      Estate estate,
      AppliedResource applied,
      DepartmentPolicy policy,
      String field,
      List<Line> lines,
      List<Finding> findings) {
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      String where = field + "[" + i + "]";
      for (String department : List.of(line.source(), line.destination())) {
        if (!department.equals(DepartmentPolicy.ANY)
            && services(estate, policy, department).findAny().isEmpty()) {
          findings.add(
              new Finding(
                  Code.EM0503,
                  applied.key(),
                  where,
                  "'"
                      + department
                      + "' (expected: a namespace of a service that joined or is declared, or a"
                      + " name under spec.departments)"));
        }
      }
      if (field.equals("spec.deny") && !line.source().equals(DepartmentPolicy.ANY)) {
        reachable(estate, applied, policy, where, line, findings);
      }
    }
  }

  /**
   * A line keeps out who proves to be of the department; who proves nothing is not known as such.
   */
  private static void reachable(
      Estate estate,
      AppliedResource applied,
      DepartmentPolicy policy,
      String where,
      Line line,
      List<Finding> findings) {
    services(estate, policy, line.destination())
        .filter(service -> !service.key().namespace().equals(line.source()))
        .filter(service -> estate.model().mtlsMode(service) != PeerAuthentication.Mode.STRICT)
        .findFirst()
        .ifPresent(
            service ->
                findings.add(
                    new Finding(
                        Code.EM0504,
                        applied.key(),
                        where,
                        Estate.text(service.key())
                            + " takes plaintext (expected: a PeerAuthentication with STRICT); who"
                            + " calls so proves no department, and is let in")));
  }

  private static Stream<MeshService> services(
      Estate estate, DepartmentPolicy policy, String department) {
    List<String> namespaces = policy.namespaces(department);
    return estate.model().services().stream()
        .filter(
            service ->
                department.equals(DepartmentPolicy.ANY)
                    || namespaces.contains(service.key().namespace()));
  }
}
