package io.endomesh.weaving;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.method.ParameterDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.pool.TypePool;
import org.jspecify.annotations.Nullable;

/** Finds the methods that a {@link Weave} means in a version of a library. Stateless. */
final class Hooks {

  private Hooks() {}

  static boolean isThere(Weave weave, TypePool library) {
    return weave.types().stream()
        .map(library::describe)
        .anyMatch(type -> type.isResolved() && isThere(weave, type.resolve()));
  }

  static boolean isThere(Weave weave, TypeDescription type) {
    return type.getDeclaredMethods().stream().anyMatch(each -> matches(weave, each));
  }

  /** As {@code a.b.Class#method(a.b.Parameter)}; a class that is not there alone. */
  static String describe(Weave weave, TypePool library) {
    List<String> present = new ArrayList<>();
    for (String type : new TreeSet<>(weave.types())) {
      if (library.describe(type).isResolved()) {
        present.add(type);
      }
    }
    if (present.isEmpty()) {
      return String.join(" or ", new TreeSet<>(weave.types()));
    }
    @Nullable List<String> parameters = weave.parameters();
    return String.join(" or ", present)
        + "#"
        + String.join("|", new TreeSet<>(weave.methods()))
        + (parameters == null ? "" : "(" + String.join(", ", parameters) + ")");
  }

  static boolean matches(Weave weave, MethodDescription method) {
    if (!weave.methods().contains(method.getInternalName()) || method.isAbstract()) {
      return false;
    }
    List<String> wanted = weave.parameters();
    if (wanted == null) {
      return method.getParameters().size() >= weave.minParameters();
    }
    if (method.getParameters().size() != wanted.size()) {
      return false;
    }
    for (ParameterDescription parameter : method.getParameters()) {
      TypeDescription type = parameter.getType().asErasure();
      String name = wanted.get(parameter.getIndex());
      // An array may be written as in a class file's name, [B, or as in source, byte[].
      if (!name.equals(type.getName()) && !name.equals(type.getActualName())) {
        return false;
      }
    }
    return true;
  }
}
