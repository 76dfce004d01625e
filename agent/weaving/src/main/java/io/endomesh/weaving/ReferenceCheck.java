package io.endomesh.weaving;

import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import net.bytebuddy.description.field.FieldDescription;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDefinition;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.description.type.TypeList;
import net.bytebuddy.pool.TypePool;
import org.jspecify.annotations.Nullable;

/**
 * Finds out, before anything is woven, whether a library is one that an instrumentation's advice
 * can work with: what would be a {@code NoSuchMethodError} in the middle of a user's request
 * becomes a sentence at class loading. Stateless.
 */
final class ReferenceCheck {

  private ReferenceCheck() {}

  /**
   * Checks witnesses, then the methods to be woven, then all that their advice refers to. Advice
   * whose method need not be there, and is not, is left out.
   *
   * @return the first thing that is missing, null if all is there
   */
  static @Nullable String missing(AdviceCode code, TypePool library) throws IOException {
    for (String witness : code.instrumentation().requires()) {
      if (!isThere(witness, library)) {
        return witness;
      }
    }
    Set<String> advice = new LinkedHashSet<>();
    for (Weave weave : code.instrumentation().weaves()) {
      if (Hooks.isThere(weave, library)) {
        advice.add(weave.advice());
      } else if (!weave.optional()) {
        return Hooks.describe(weave, library);
      }
    }
    for (Reference reference : ReferenceCollector.collect(code, advice)) {
      String missing = missing(reference, library);
      if (missing != null) {
        return missing;
      }
    }
    return null;
  }

  /** True if these are versions that the instrumentation is for at all. */
  static boolean isFor(AdviceCode code, TypePool library) {
    return code.instrumentation().onlyWith().stream()
        .allMatch(witness -> isThere(witness, library));
  }

  private static boolean isThere(String witness, TypePool library) {
    int hash = witness.indexOf('#');
    TypePool.Resolution type = library.describe(hash < 0 ? witness : witness.substring(0, hash));
    if (!type.isResolved() || hash < 0) {
      return type.isResolved();
    }
    String name = witness.substring(hash + 1);
    return type.resolve().getDeclaredMethods().stream()
        .anyMatch(method -> method.getInternalName().equals(name));
  }

  private static @Nullable String missing(Reference reference, TypePool library) {
    try {
      TypePool.Resolution owner = library.describe(reference.owner().replace('/', '.'));
      if (!owner.isResolved()) {
        return new Reference.OfType(reference.owner()).toString();
      }
      return hasMember(owner.resolve(), reference, new HashSet<>()) ? null : reference.toString();
    } catch (TypePool.Resolution.NoSuchTypeException e) {
      return "class " + e.getName() + ", above " + reference;
    }
  }

  private static boolean hasMember(TypeDescription type, Reference reference, Set<String> seen) {
    if (!seen.add(type.getName())) {
      return false;
    }
    if (declares(type, reference)) {
      return true;
    }
    TypeDefinition superClass = type.getSuperClass();
    // An interface has Object's methods without saying so.
    TypeDescription above =
        superClass == null
            ? TypeDescription.ForLoadedType.of(Object.class)
            : superClass.asErasure();
    if (hasMember(above, reference, seen)) {
      return true;
    }
    TypeList interfaces = type.getInterfaces().asErasures();
    for (TypeDescription each : interfaces) {
      if (hasMember(each, reference, seen)) {
        return true;
      }
    }
    return false;
  }

  private static boolean declares(TypeDescription type, Reference reference) {
    if (reference instanceof Reference.OfMethod method) {
      for (MethodDescription each : type.getDeclaredMethods()) {
        if (each.getInternalName().equals(method.name())
            && each.getDescriptor().equals(method.descriptor())) {
          return true;
        }
      }
      return false;
    }
    if (reference instanceof Reference.OfField field) {
      for (FieldDescription each : type.getDeclaredFields()) {
        if (each.getName().equals(field.name())
            && each.getDescriptor().equals(field.descriptor())) {
          return true;
        }
      }
      return false;
    }
    return true; // The type itself.
  }
}
